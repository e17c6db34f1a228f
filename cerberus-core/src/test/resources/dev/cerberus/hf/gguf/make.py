"""Makes the fixtures of GgufBlocksTests and GgufPublicModelTests with the Python packages gguf and numpy.

make.py                       writes blocks.gguf and blocks.f32: two rows of 256 values of every type that is read, from
                              random numbers, and the values that gguf.dequantize gives for them, in order of name
make.py MODEL.gguf > FILE     lists SHA-256 of tensors of a public Llama-like model as little-endian float32 under their
                              Hugging Face names: those of the first and last layer, those outside layers, and "all",
                              the hash over the hashes of every tensor in order of name
"""
import hashlib
import os
import sys

import numpy as np
from gguf import GGUFReader, GGUFWriter, GGMLQuantizationType as T, dequantize, quantize
from gguf.constants import GGML_QUANT_SIZES

NAMES = {'attn_norm': 'input_layernorm', 'ffn_norm': 'post_attention_layernorm', 'attn_q': 'self_attn.q_proj',
         'attn_k': 'self_attn.k_proj', 'attn_v': 'self_attn.v_proj', 'attn_output': 'self_attn.o_proj',
         'ffn_gate': 'mlp.gate_proj', 'ffn_up': 'mlp.up_proj', 'ffn_down': 'mlp.down_proj'}


def k_blocks(random, type, halves):
    """Random blocks whose scales, binary16 numbers at the given places, are of a sensible size."""
    elements, size = GGML_QUANT_SIZES[type]
    blocks = random.integers(0, 256, (2, 256 // elements * size), dtype=np.uint8)
    for row in blocks:
        for place in halves:
            row[place:place + 2] = np.array([random.uniform(-0.01, 0.01)], np.float16).view(np.uint8)
    return blocks


def blocks(folder):
    random = np.random.default_rng(20240901)
    writer = GGUFWriter(os.path.join(folder, 'blocks.gguf'), 'llama')
    writer.add_head_count(4)
    expected = []
    values = (random.standard_normal((2, 256)) * np.array([[0.02], [3]])).astype(np.float32)
    tensors = {T.F32: values, T.F16: values.astype(np.float16)}
    for type in (T.BF16, T.Q8_0, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1):
        tensors[type] = quantize(values, type)
    tensors[T.Q4_K] = k_blocks(random, T.Q4_K, (0, 2))
    tensors[T.Q5_K] = k_blocks(random, T.Q5_K, (0, 2))
    tensors[T.Q6_K] = k_blocks(random, T.Q6_K, (208,))
    for type in sorted(tensors, key=lambda type: type.name):
        data = tensors[type]
        writer.add_tensor(type.name, data, raw_dtype=None if type in (T.F32, T.F16) else type)
        expected.append(dequantize(data, type).astype('<f4'))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with open(os.path.join(folder, 'blocks.f32'), 'wb') as file:
        for values in expected:
            file.write(values.tobytes())


def hashes(file):
    reader = GGUFReader(file)
    heads, kv_heads, layers = (reader.fields['llama.' + key].contents()
                               for key in ('attention.head_count', 'attention.head_count_kv', 'block_count'))
    found = {}
    for tensor in reader.tensors:
        values = dequantize(tensor.data, tensor.tensor_type).astype('<f4')
        name = {'token_embd.weight': 'model.embed_tokens.weight', 'output_norm.weight': 'model.norm.weight'}.get(tensor.name)
        if name is None:
            _, layer, part, _ = tensor.name.split('.')
            if part in ('attn_q', 'attn_k'):
                count = heads if part == 'attn_q' else kv_heads
                values = values.reshape(count, -1, 2, values.shape[1]).swapaxes(1, 2).reshape(values.shape)
            name = f'model.layers.{layer}.{NAMES[part]}.weight'
        found[name] = hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
    total = hashlib.sha256(''.join(found[name] for name in sorted(found)).encode()).hexdigest()
    for name in sorted(found):
        if not name.startswith('model.layers.') or name.split('.')[2] in ('0', str(layers - 1)):
            print(found[name], name)
    print(total, 'all')


if len(sys.argv) > 1:
    hashes(sys.argv[1])
else:
    blocks(os.path.dirname(os.path.abspath(__file__)))
