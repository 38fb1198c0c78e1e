// node accuracy.js: how much of the held-out data each shipped model gets right in ONNX Runtime.
'use strict';
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const ort = require('onnxruntime-node');

const RESOURCES = path.join(__dirname, '..', 'src', 'main', 'resources', 'org', 'lanewise', 'testmodels');
const HELD_OUT = path.join(RESOURCES, 'held-out');

/** The pixels of an 8-bit grey PNG without interlacing, row by row. */
function readGrey(file) {
    const png = fs.readFileSync(file);
    const width = png.readUInt32BE(16);
    const height = png.readUInt32BE(20);
    if (png[24] !== 8 || png[25] !== 0 || png[28] !== 0) throw new Error(`${file} is not 8-bit grey`);
    const parts = [];
    for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
        if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
    }
    const packed = zlib.inflateSync(Buffer.concat(parts));
    const pixels = new Uint8Array(width * height);
    const at = (x, y) => (x < 0 || y < 0 ? 0 : pixels[y * width + x]);
    for (let y = 0; y < height; y++) {
        const filter = packed[y * (width + 1)];
        for (let x = 0; x < width; x++) {
            const [left, up, corner] = [at(x - 1, y), at(x, y - 1), at(x - 1, y - 1)];
            const [dLeft, dUp, dCorner] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
            const paeth = dLeft <= dUp && dLeft <= dCorner ? left : dUp <= dCorner ? up : corner;
            const predicted = [0, left, up, (left + up) >> 1, paeth][filter];
            pixels[y * width + x] = packed[y * (width + 1) + 1 + x] + predicted;
        }
    }
    return { pixels, width };
}

function digits() {
    const { pixels, width } = readGrey(path.join(HELD_OUT, 'digits.png'));
    const labels = fs.readFileSync(path.join(HELD_OUT, 'digits-labels.txt'), 'utf8').replace(/\n/g, '');
    const data = new Float32Array(labels.length * 784);
    for (let i = 0; i < data.length; i++) {
        const [digit, y, x] = [Math.floor(i / 784), Math.floor((i % 784) / 28), i % 28];
        data[i] = pixels[(Math.floor(digit / 25) * 28 + y) * width + (digit % 25) * 28 + x] / 255;
    }
    return { data, labels: Array.from(labels, Number) };
}

function tumors() {
    const lines = fs.readFileSync(path.join(HELD_OUT, 'breast-cancer.csv'), 'utf8').trim().split('\n').slice(1);
    const rows = lines.map((line) => line.split(',').map(Number));
    return { data: Float32Array.from(rows.flatMap((row) => row.slice(1))), labels: rows.map((row) => row[0]) };
}

async function report(name, { data, labels }, shape) {
    const session = await ort.InferenceSession.create(path.join(RESOURCES, name, 'model.onnx'));
    const input = new ort.Tensor('float32', data, [labels.length, ...shape]);
    const output = (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]];
    const classes = output.dims[1];
    const right = labels.filter((label, i) => {
        const row = output.data.subarray(i * classes, (i + 1) * classes);
        return row.indexOf(Math.max(...row)) === label;
    });
    console.log(`${name}: ${right.length} of ${labels.length}`);
}

async function main() {
    await report('digits', digits(), [1, 28, 28]);
    await report('digits-lstm', digits(), [28, 28]);
    await report('digits-transformer', digits(), [1, 28, 28]);
    await report('breast-cancer', tumors(), [30]);
}

main();
