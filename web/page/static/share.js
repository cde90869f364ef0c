// The picture to another program, else to the clipboard, else a link to this page.
async (picture, painting, ...values) => {
  // LINK
  const say = sentence => [`<p role="status">${sentence}</p>`];
  if (!picture) return say('There is no picture yet.');
  const fetched = fetch(picture.url).then(answer => answer.blob());
  fetched.catch(() => {});  // whoever waits for it is told
  const asFile = (content, type) =>
    new File([content], picture.orig_name || 'painted.png', {type});
  if (navigator.canShare?.({files: [asFile('x', 'image/png')]})) {
    try {
      const blob = await fetched;
      await navigator.share({files: [asFile(blob, blob.type)]});
      return [''];
    } catch (error) {
      if (error.name === 'AbortError') return [''];  // by the visitor
    }
  }
  // The clipboard takes no JPEG, which a picture is that was stopped.
  const asPng = async blob => {
    if (blob.type === 'image/png') return blob;
    const image = await createImageBitmap(blob);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return new Promise(done => canvas.toBlob(done, 'image/png'));
  };
  try {
    // A promise inside, because the browser wants to be asked at the click.
    await navigator.clipboard.write([new ClipboardItem({'image/png': fetched.then(asPng)})]);
    return say('The picture is copied: paste it anywhere.');
  } catch { /* this browser copies no pictures */ }
  try {
    await navigator.clipboard.writeText(linkOf(painting, values));
    return say('A link to this page with these settings is copied.');
  } catch {
    return say('This browser shares nothing from here: press Download.');
  }
}
