// @google-cloud/storage: objects written, read, listed, changed and removed.

import {randomBytes} from 'node:crypto';
import {Storage} from '@google-cloud/storage';
import {refusal} from './input.js';

const quarter = 256 * 1024;

export async function storage(name) {
  const client = new Storage();
  const [bucket] = await client.createBucket(name);
  const large = randomBytes(5 * quarter + 17);

  await bucket.file('a/simple').save('simple', {resumable: false});
  await bucket.file('a/ü #?%2F.bin').save(large, {resumable: true, chunkSize: quarter});
  await bucket.file('a/deep/er').save('deeper', {resumable: false});
  const once = {preconditionOpts: {ifGenerationMatch: 0}};
  await bucket.file('once').save('first', {...once, resumable: false});
  const again = resumable =>
    refusal(() => bucket.file('once').save('again', {...once, resumable}));
  const onceAgain = [await again(false), await again(true)];

  const [whole] = await bucket.file('a/ü #?%2F.bin').download();
  const [part] = await bucket.file('a/simple').download({start: 1, end: 3});
  const [files, , page] = await bucket.getFiles({
    prefix: 'a/',
    delimiter: '/',
    autoPaginate: false,
  });

  const simple = bucket.file('a/simple');
  await simple.setMetadata({contentType: 'text/x-simple', metadata: {colour: 'red'}});
  const [patched] = await simple.getMetadata();
  const stale = await refusal(() =>
    simple.setMetadata({metadata: {}}, {ifMetagenerationMatch: 1})
  );

  const [copy] = await bucket.file('a/ü #?%2F.bin').copy(bucket.file('copied'));
  const [composed] = await bucket.combine(['once', 'a/simple'], 'composed');
  const [text] = await composed.download();
  const [composite] = await composed.getMetadata();

  const [{generation}] = await bucket.file('once').getMetadata();
  const wrong = bucket.file('once', {preconditionOpts: {ifGenerationMatch: 1}});
  const wrongDelete = await refusal(() => wrong.delete({ifGenerationMatch: 1}));
  await bucket.file('once').delete({ifGenerationMatch: generation});

  return {
    whole: whole.equals(large),
    part: part.toString(),
    listed: files.map(file => file.name),
    prefixes: page.prefixes,
    onceAgain,
    contentType: patched.contentType,
    colour: patched.metadata.colour,
    metageneration: Number(patched.metageneration),
    stale,
    copied: (await copy.download())[0].equals(large),
    composed: text.toString(),
    components: composite.componentCount,
    wrongDelete,
    gone: await refusal(() => bucket.file('once').download()),
  };
}
