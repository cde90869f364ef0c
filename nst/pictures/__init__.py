"""Pictures as people have them: what their files say of depth and colours."""
