async (painting, ...values) => {
  // LINK
  const link = linkOf(painting, values);
  let said = 'Copied';
  try {
    await navigator.clipboard.writeText(link);
  } catch {  // not where the page came without encryption
    said = 'The link';
  }
  return [`<p>${said}: <a href="${link}">${link}</a></p>`];
}
