// An analyzer of the teaching laboratory that sends what nobody asked for.
//
// What must stay true: it speaks as the laboratory's chemistry analyzer does, over a connection of
// its own, and waits for its acknowledgement.

import { connect } from 'node:net';

const BEGIN = '\x0b';
const END = '\x1c\r';

/** Sends one potassium (LOINC 2823-3) for a specimen number; gives the acknowledgement. */
export async function sendPotassium(address, number, value, name = Buffer.alloc(0)) {
  return sendAnalyte(address, number, ['2823-3', 'K', value, 'mmol/L'], name);
}

/** Sends one result; the bytes of the patient's name are sent as they are. */
export async function sendAnalyte(address, number, [code, short, value, unit], name = Buffer.alloc(0)) {
  const now = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const id = `BROWSER${now}${number}`;
  const before = `MSH|^~\\&|CHEM-1|MAINLAB|||${now}||ORU^R01^ORU_R01|${id}|P|2.5.1\rPID|1||||`;
  const after = [
    '',
    `OBR|1||${number}|CHEM`,
    `OBX|1|NM|${code}^${short}||${value}|${unit}|||||F|||${now}`,
  ].join('\r');
  const [host, port] = address.split(':');
  const socket = connect({ host, port: Number(port) });
  try {
    return await new Promise((resolve, reject) => {
      let heard = '';
      socket.setTimeout(10_000, () => reject(new Error('no acknowledgement within 10 s')));
      socket.on('error', reject);
      socket.on('data', (bytes) => {
        heard += bytes;
        if (heard.endsWith(END)) resolve(heard.slice(BEGIN.length, -END.length));
      });
      const bytes = [`${BEGIN}${before}`, name, `${after}\r${END}`].map((part) => Buffer.from(part));
      socket.write(Buffer.concat(bytes));
    });
  } finally {
    socket.destroy();
  }
}

/** A specimen number that no specimen has: right in its check digit (Luhn, ISO/IEC 7812-1). */
export function strangeNumber(body = '999901234501') {
  const digits = [...body].reverse().map(Number);
  const sum = digits.reduce((all, digit, place) => {
    const twice = digit * 2;
    return all + (place % 2 === 0 ? Math.floor(twice / 10) + (twice % 10) : digit);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}
