// node goldens.js FOLDER...: computes FOLDER/test_data_set_*/output_0.pb from input_0.pb with ONNX Runtime.
// One float32 input and one float32 output, as all models of this folder have.
'use strict';
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

const FLOAT = 1;

/** The dims and the raw little-endian data of a serialized TensorProto (fields 1, 2, 8 and 9). */
function readTensor(bytes) {
    const dims = [];
    let data = null;
    let at = 0;
    const varint = () => {
        let value = 0n;
        for (let shift = 0n; ; shift += 7n) {
            const byte = bytes[at++];
            value |= BigInt(byte & 0x7f) << shift;
            if (byte < 0x80) return Number(value);
        }
    };
    while (at < bytes.length) {
        const tag = varint();
        if ((tag & 7) === 0) {
            const value = varint();
            if (tag >> 3 === 1) dims.push(value);
            if (tag >> 3 === 2 && value !== FLOAT) throw new Error(`data_type ${value}, expected float`);
        } else if ((tag & 7) === 2) {
            const length = varint();
            const field = bytes.subarray(at, at + length);
            at += length;
            if (tag >> 3 === 1) throw new Error('packed dims are not expected here');
            if (tag >> 3 === 9) data = new Float32Array(Uint8Array.from(field).buffer);
        } else {
            throw new Error(`wire type ${tag & 7} is not expected here`);
        }
    }
    return { dims, data };
}

/** A serialized TensorProto of type float. */
function writeTensor(name, dims, data) {
    const out = [];
    const varint = (value) => {
        for (; value > 0x7f; value = Math.floor(value / 128)) out.push((value & 0x7f) | 0x80);
        out.push(value);
    };
    for (const dim of dims) {
        out.push(1 << 3);
        varint(dim);
    }
    out.push(2 << 3, FLOAT);
    for (const [field, bytes] of [[8, Buffer.from(name)], [9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]]) {
        out.push((field << 3) | 2);
        varint(bytes.length);
        out.push(...bytes);
    }
    return Buffer.from(out);
}

async function main() {
    for (const folder of process.argv.slice(2)) {
        // All graph optimizations off: a golden is the plain graph's answer.
        const options = { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, interOpNumThreads: 1 };
        const session = await ort.InferenceSession.create(path.join(folder, 'model.onnx'), options);
        for (const set of fs.readdirSync(folder).filter((f) => f.startsWith('test_data_set_')).sort()) {
            const input = readTensor(fs.readFileSync(path.join(folder, set, 'input_0.pb')));
            const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', input.data, input.dims) };
            const output = (await session.run(feeds))[session.outputNames[0]];
            fs.writeFileSync(path.join(folder, set, 'output_0.pb'), writeTensor(session.outputNames[0], output.dims, output.data));
        }
    }
}

main();
