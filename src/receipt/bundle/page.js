"use strict";
// Verifies receipts, a bundle, or an export, from their bytes alone. TEXTS and FILES are filled in by the program that wrote the page.

// ---- What is checked. No part of it knows of the page.

class NotHere extends Error {}
const NAMESPACE = "totatsu-receipt";
const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true });
const hex = bytes => Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, "0")).join("");
const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const digest = (algorithm, bytes) => crypto.subtle.digest(algorithm, bytes).then(sum => new Uint8Array(sum));
const sha256 = async bytes => hex(await digest("SHA-256", bytes));
const base64 = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
const unbase64 = text => Uint8Array.from(atob(text), sign => sign.charCodeAt(0));

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}
function field(content) {
  const bytes = typeof content === "string" ? utf8.encode(content) : content;
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, bytes.length);
  return joined(head, bytes);
}

// A browser that lacks an algorithm, or gets a known answer wrong, verifies nothing. The answer is RFC 8032's third.
async function able() {
  const of = text => Uint8Array.from(text.match(/../g), pair => parseInt(pair, 16));
  if (typeof crypto === "undefined" || !crypto.subtle) throw new NotHere("WebCrypto");
  let key;
  const raw = of("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  const signature = of("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
  try { key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]); } catch { throw new NotHere("Ed25519"); }
  if (!(await crypto.subtle.verify("Ed25519", key, signature, of("af82")))) throw new NotHere("Ed25519");
  if (await crypto.subtle.verify("Ed25519", key, signature, of("af83"))) throw new NotHere("Ed25519");
  if ((await sha256(utf8.encode("abc"))) !== "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") throw new NotHere("SHA-256");
  try { await digest("SHA-512", raw); } catch { throw new NotHere("SHA-512"); }
}

// The public keys of a file of lines as OpenSSH writes them.
async function keysOf(bytes) {
  const keys = [];
  for (const line of strict.decode(bytes).split("\n").map(line => line.trim()).filter(line => line && !line.startsWith("#"))) {
    const [kind, text] = line.split(/\s+/);
    const blob = unbase64(text);
    if (kind !== "ssh-ed25519" || blob.length !== 51 || !same(blob.slice(0, 19), joined(field(kind), Uint8Array.of(0, 0, 0, 32)))) throw new Error(line);
    const fingerprint = "SHA256:" + base64(await digest("SHA-256", blob)).replace(/=+$/, "");
    keys.push({ blob, fingerprint, key: await crypto.subtle.importKey("raw", blob.slice(19), "Ed25519", false, ["verify"]) });
  }
  return keys;
}

// The fingerprint of the key that signed these bytes; nothing if none of them did. Only the one form in which a signature is written
// is taken: not every byte of its armor is signed.
async function signerOf(bytes, signature, keys) {
  const sum = await digest("SHA-512", bytes);
  const about = [field(NAMESPACE), field(""), field("sha512")];
  const signed = joined(utf8.encode("SSHSIG"), ...about, field(sum));
  for (const { blob, key, fingerprint } of keys) {
    const head = joined(utf8.encode("SSHSIG"), Uint8Array.of(0, 0, 0, 1), field(blob), ...about, Uint8Array.of(0, 0, 0, 83), field("ssh-ed25519"), Uint8Array.of(0, 0, 0, 64));
    let whole;
    try {
      const text = strict.decode(signature);
      whole = unbase64(text.split("\n").slice(1, -2).join(""));
      const armor = ["-----BEGIN SSH SIGNATURE-----", ...base64(whole).match(/.{1,70}/g), "-----END SSH SIGNATURE-----", ""].join("\n");
      if (armor !== text) return null;
    } catch { return null; }
    if (whole.length !== head.length + 64 || !same(whole.slice(0, head.length), head)) continue;
    if (await crypto.subtle.verify("Ed25519", key, whole.slice(head.length), signed)) return fingerprint;
  }
  return null;
}

// Each line with its number and digest; what doesn't follow the line before is found.
async function linesOf(bytes, name, mayMiss, found) {
  const lines = [];
  if (bytes.length === 0) return lines;
  if (bytes[bytes.length - 1] !== 10) found("journal-torn", { file: name });
  let start = 0, before = null;
  while (start < bytes.length) {
    let end = bytes.indexOf(10, start);
    if (end < 0) end = bytes.length;
    const text = bytes.slice(start, end), line = { sha256: await sha256(text) };
    start = end + 1;
    try { line.event = JSON.parse(strict.decode(text)); } catch { found("journal-unreadable", { after: before ? before.event.seq : 0 }); return lines; }
    const { seq, prev } = line.event;
    if (before && seq === before.event.seq + 1 && prev !== before.sha256) found("journal-changed", { event: before.event.seq, next: seq });
    if (before && seq <= before.event.seq) found("journal-order", { event: seq });
    if (before && seq > before.event.seq + 1 && !mayMiss(before.event.seq)) found("journal-cut", { from: before.event.seq + 1, to: seq - 1 });
    lines.push(line);
    before = line;
  }
  return lines;
}

// Files by their last name, as a folder or single files may have been chosen.
function known(files) {
  const named = new Map();
  for (const [path, bytes] of files) named.set(path.split("/").pop(), bytes);
  return named;
}

async function verify(given) {
  await able();
  const files = known(given), findings = [], notes = [];
  const found = (id, values = {}) => findings.push({ id, values });
  const note = (id, values = {}) => notes.push({ id, values });
  const answer = { kind: "nothing", findings, notes, receipts: [], keys: [], events: 0 };
  const isExport = files.has("events.jsonl") || files.has("export.json");
  const isBundle = !isExport && (files.has("receipt.json") || files.has("journal.jsonl"));
  if (!isExport && !isBundle && ![...files.keys()].some(name => /^\d+\.json$/.test(name))) { found("nothing"); return answer; }
  answer.kind = isExport ? "export" : isBundle ? "bundle" : "receipts";
  let keys = [];
  try { keys = await keysOf(files.get("receipt-key.pub")); } catch { found("no-key"); }
  if (keys.length === 0 && findings.length === 0) found("no-key");
  answer.keys = keys.map(key => key.fingerprint);
  if (files.has("UNFINISHED.txt")) found("unfinished");
  if (isExport || isBundle) await sums(files, found);
  const range = isExport ? rangeOf(files, found) : null;
  const journal = isExport ? "events.jsonl" : "journal.jsonl";
  let lines = [];
  if (isExport || isBundle) {
    if (!files.has(journal)) found("missing", { file: journal });
    else lines = await linesOf(files.get(journal), journal, seq => range !== null && (range.last === null || seq >= range.last), found);
    if (range) within(range, lines, found);
    // Of one municipality of several: the lines of the others lie between.
    if (range && range.last === null && lines.length > 0) answer.kind = "partial";
  }
  answer.events = lines.length;
  answer.receipts = await receipts(files, keys, found, note, isBundle);
  if (isBundle && lines.length > 0) {
    const { event, delivery } = lines[0].event;
    if (!["accepted", "found", "resent"].includes(event) || answer.receipts.some(one => one.receipt.delivery !== delivery)) found("journal-beginning");
  }
  if (isExport || isBundle) against(lines, answer.receipts, range, found, note);
  chained(answer.receipts, lines, range, found, note);
  if (answer.receipts.length === 0 && !isExport) found("missing", { file: "receipt.json" });
  return answer;
}

async function sums(files, found) {
  if (!files.has("SHA256SUMS")) { found("missing", { file: "SHA256SUMS" }); return; }
  let listed = 0;
  const names = new Set(["SHA256SUMS"]);
  for (const line of new TextDecoder().decode(files.get("SHA256SUMS")).split("\n").filter(line => line)) {
    const fits = /^([0-9a-f]{64})  (.+)$/.exec(line);
    if (!fits) { found("sums-unreadable"); continue; }
    const name = fits[2].split("/").pop();
    names.add(name);
    listed += 1;
    if (!files.has(name)) found("missing", { file: fits[2] });
    else if ((await sha256(files.get(name))) !== fits[1]) found("changed", { file: fits[2] });
  }
  if (listed === 0) found("sums-unreadable");
  for (const name of files.keys()) if (!names.has(name)) found("unlisted", { file: name });
}

function rangeOf(files, found) {
  try {
    const said = JSON.parse(strict.decode(files.get("export.json")));
    return { first: said.first_event, last: said.last_event, events: said.events };
  } catch { found("missing", { file: "export.json" }); return { first: null, last: null, events: null }; }
}

// An export says which lines it holds without a gap, and how many there are.
function within({ first, last, events }, lines, found) {
  const there = lines.map(line => line.event.seq);
  if (first !== null && there[0] !== first) found("journal-cut", { from: first, to: (there[0] ?? last + 1) - 1 });
  const end = there[there.length - 1];
  if (last !== null && end !== undefined && end < last) found("journal-cut", { from: end + 1, to: last });
  if (events !== null && there.length !== events) found("journal-count", { there: there.length, said: events });
}

async function receipts(files, keys, found, note, isBundle) {
  const read = [];
  for (const [name, bytes] of files) {
    const number = /^(\d+)\.json$/.exec(name);
    if (!number && name !== "receipt.json") continue;
    let receipt;
    try { receipt = JSON.parse(strict.decode(bytes)); } catch { found("receipt-unreadable", { file: name }); continue; }
    const one = { name, receipt, number: receipt.number, sha256: await sha256(bytes), signer: null, unsigned: false };
    if (number && Number(number[1]) !== receipt.number) found("receipt-number", { file: name, number: receipt.number });
    const signature = files.get(name + ".sig");
    if (!signature) one.unsigned = true;
    else {
      one.signer = await signerOf(bytes, signature, keys);
      if (!one.signer) found("signature", { file: name });
      else if (one.signer !== receipt.signed_by) found("signature", { file: name });
    }
    if (one.unsigned && isBundle) found("unsigned", { file: name });
    read.push(one);
  }
  return read.sort((a, b) => a.number - b.number);
}

// Receipts against the journal's lines: each of both names the other, and a signature vouches for all lines up to its anchor.
function against(lines, receipts, range, found, note) {
  const at = new Map(lines.map(line => [line.event.seq, line]));
  const first = lines.length ? lines[0].event.seq : 0, end = lines.length ? lines[lines.length - 1].event.seq : 0;
  const recorded = new Map();
  for (const { event } of lines) if (event.event === "receipted") recorded.set(event.number, event);
  let vouched = 0;
  for (const { name, receipt, number, sha256, signer } of receipts) {
    const line = recorded.get(number);
    if (!line) found("receipt-not-in-journal", { number });
    else if (line.sha256 !== sha256 || line.delivery !== receipt.delivery) found("receipt-not-recorded", { number });
    const anchor = receipt.journal;
    if (!anchor) continue;
    const named = at.get(anchor.seq);
    if (named ? named.sha256 !== anchor.sha256 : anchor.seq > end && end > 0) found("anchor", { number, event: anchor.seq });
    if (named && named.sha256 === anchor.sha256 && signer) vouched = Math.max(vouched, anchor.seq);
    if (line && anchor.seq >= line.seq) found("anchor", { number, event: anchor.seq });
  }
  const there = new Set(receipts.map(one => one.number));
  for (const number of recorded.keys()) if (!there.has(number)) found("receipt-missing", { number });
  for (const one of receipts) {
    if (!one.unsigned || !range) continue;
    const line = recorded.get(one.number);
    if (line && line.seq <= vouched) note("unsigned-vouched", { number: one.number });
    else found("unsigned", { file: one.name });
  }
  if (range && end > vouched && lines.length) note("not-vouched", { from: Math.max(vouched + 1, first), to: end });
}

function chained(receipts, lines, range, found, note) {
  for (let at = 1; at < receipts.length; at += 1) {
    const [before, one] = [receipts[at - 1], receipts[at]];
    if (one.number === before.number) found("receipt-twice", { number: one.number });
    else if (one.number === before.number + 1) { if (one.receipt.previous !== before.sha256) found("previous", { number: one.number, before: before.number }); }
    else {
      // Behind the days of an export, only its own deliveries' receipts are in it.
      const record = lines.find(line => line.event.event === "receipted" && line.event.number === one.number);
      const behind = range && record && (range.last === null || record.event.seq > range.last);
      (behind ? note : found)("receipts-gap", { from: before.number + 1, to: one.number - 1 });
    }
  }
}

// The files inside a bundle's page.
function filesIn(page) {
  const files = new Map();
  for (const [, name, text] of page.matchAll(/<script type="text\/plain" data-name="([A-Za-z0-9._-]+)">([A-Za-z0-9+\/=\s]*)<\/script>/g)) files.set(name, unbase64(text.replace(/\s/g, "")));
  return files;
}

// ---- The page.

if (typeof document !== "undefined") {
  let tongue = (navigator.language || "").startsWith("ja") ? "ja" : "en", last = null;
  const by = id => document.getElementById(id);
  const say = (id, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replaceAll("{" + name + "}", value), TEXTS[tongue][id] ?? id);
  const put = (parent, tag, text, name) => { const node = document.createElement(tag); node.textContent = text; if (name) node.className = name; parent.append(node); return node; };
  const verdict = word => { document.body.dataset.verdict = word; };

  const show = () => {
    document.documentElement.lang = tongue;
    for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
    const out = by("answer");
    out.replaceChildren();
    if (!last) return;
    if (last.unable) { put(out, "p", say("unable", { what: last.unable }), "bad"); return; }
    const sound = last.findings.length === 0;
    put(out, "p", say(sound ? "sound-" + last.kind : "unsound", { count: last.findings.length }), sound ? "good" : "bad");
    const list = put(out, "ul", "");
    for (const { id, values } of last.findings) put(list, "li", say("found-" + id, values), "bad");
    for (const { id, values } of last.notes) put(list, "li", say("found-" + id, values));
    const wanted = by("wanted").value.trim();
    if (wanted && !last.keys.includes(wanted)) { put(list, "li", say("found-other-key"), "bad"); out.firstChild.className = "bad"; out.firstChild.textContent = say("unsound", { count: last.findings.length + 1 }); verdict("unsound"); }
    else verdict(sound ? "sound" : "unsound");
    put(out, "p", say("compare"));
    for (const key of last.keys) put(out, "p", key, "exact");
    put(out, "p", say("counted", { receipts: last.receipts.length, events: last.events }));
    const table = put(out, "table", "");
    for (const { receipt, sha256, signer } of last.receipts) {
      const row = put(table, "tr", "");
      for (const cell of [receipt.number, receipt.delivery, receipt.link, receipt.partner, receipt.source && receipt.source.name, receipt.grade, receipt.issued_at, signer ? say("signed") : say("not-signed")]) put(row, "td", String(cell ?? ""));
      put(row, "td", sha256, "exact");
    }
  };
  const run = async files => {
    verdict("");
    try { last = await verify(files); }
    catch (error) { last = { unable: error instanceof NotHere ? error.message : String(error) }; verdict("unable"); }
    if (last.unable) verdict("unable");
    last.files = files;
    show();
  };
  const take = async chosen => {
    const files = new Map();
    for (const [path, file] of chosen) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const inner = path.endsWith(".html") ? filesIn(new TextDecoder().decode(bytes)) : new Map();
      if (inner.size) for (const [name, content] of inner) files.set(name, content);
      else files.set(path, bytes);
    }
    await run(files);
  };
  const walk = async (entry, into) => {
    if (entry.isFile) into.push([entry.fullPath, await new Promise((done, fail) => entry.file(done, fail))]);
    else {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done, fail) => reader.readEntries(done, fail));
        if (some.length === 0) break;
        for (const inner of some) await walk(inner, into);
      }
    }
  };
  for (const id of ["folder", "files"]) by(id).addEventListener("change", event => take(Array.from(event.target.files, file => [file.webkitRelativePath || file.name, file])));
  document.addEventListener("dragover", event => event.preventDefault());
  document.addEventListener("drop", async event => {
    event.preventDefault();
    const chosen = [];
    for (const entry of Array.from(event.dataTransfer.items, item => item.webkitGetAsEntry()).filter(entry => entry)) await walk(entry, chosen);
    await take(chosen);
  });
  by("tongue").addEventListener("click", () => { tongue = tongue === "ja" ? "en" : "ja"; show(); });
  by("wanted").addEventListener("input", show);
  const own = new Map(Array.from(document.querySelectorAll("script[data-name]"), node => [node.dataset.name, unbase64(node.textContent.replace(/\s/g, ""))]));
  for (const [name, bytes] of own) {
    const link = put(put(by("own"), "li", ""), "a", name);
    link.download = name;
    link.href = URL.createObjectURL(new Blob([bytes]));
  }
  by("inside").hidden = own.size === 0;
  show();
  if (own.size) run(own);
}
