"""Makes the fixtures of FamilyModelsTests with the Python packages torch, transformers and safetensors.

family_models.py [NAME...]    writes a folder for every model below, or for those named, to
                              ../resources/dev/cerberus/djl/families: config.json and model.safetensors, random weights in
                              float32; golden.json, token ids and what the model writes after half of them if it always takes
                              the likeliest; logits.f32, its logits after every one of the ids, [ids, vocabulary], computed
                              in one pass

The configurations of some are written as transformers 5 does (NEW), of the others as published models have them.
"""
import json
import os
import sys

import torch
import transformers
from safetensors.torch import save_file

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'resources', 'dev', 'cerberus', 'djl', 'families')
TOKENS = 56
GREEDY = 20
MARGIN = 2e-3

SIZES = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             vocab_size=80, max_position_embeddings=128, rms_norm_eps=1e-5, bos_token_id=1, eos_token_id=2, pad_token_id=0)
LONGROPE = dict(rope_type='longrope', short_factor=[1.0, 1.05, 1.1, 1.2], long_factor=[1.0, 1.5, 3.0, 6.0])

# name: class, whether config.json is as transformers 5 writes it, fields beside SIZES
MODELS = {
    'llama': ('Llama', False, dict(rope_theta=10000.0, tie_word_embeddings=True)),
    'llama3': ('Llama', True, dict(num_key_value_heads=1, rope_parameters=dict(
        rope_type='llama3', rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=32))),
    'llama-linear': ('Llama', False, dict(rope_theta=10000.0, rope_scaling=dict(type='linear', factor=4.0))),
    'llama-dynamic': ('Llama', False, dict(rope_theta=10000.0, rope_scaling=dict(type='dynamic', factor=2.0))),
    'llama-yarn': ('Llama', False, dict(head_dim=16, rope_theta=10000.0, rope_scaling=dict(
        type='yarn', factor=4.0, original_max_position_embeddings=32))),
    'mistral': ('Mistral', False, dict(rope_theta=10000.0, head_dim=16, sliding_window=12)),
    'qwen2': ('Qwen2', False, dict(num_hidden_layers=3, rope_theta=1000000.0, use_sliding_window=True, sliding_window=10,
                                   max_window_layers=1, tie_word_embeddings=True, rope_scaling=dict(
                                       type='yarn', factor=4.0, original_max_position_embeddings=32))),
    'qwen3': ('Qwen3', True, dict(head_dim=16, tie_word_embeddings=True,
                                  rope_parameters=dict(rope_type='default', rope_theta=1000000.0))),
    'ministral3': ('Ministral3', True, dict(head_dim=16, rope_parameters=dict(
        rope_type='yarn', rope_theta=1000000.0, factor=8.0, original_max_position_embeddings=16, beta_fast=32.0,
        beta_slow=1.0, mscale=1.0, mscale_all_dim=0.5, llama_4_scaling_beta=0.5))),
    'smollm3': ('SmolLM3', True, dict(num_hidden_layers=4, tie_word_embeddings=True, no_rope_layer_interval=2,
                                      rope_parameters=dict(rope_type='default', rope_theta=5000000.0))),
    'granite': ('Granite', False, dict(rope_theta=10000.0, attention_bias=True,
                                       embedding_multiplier=1.5, residual_multiplier=0.4, attention_multiplier=0.2,
                                       logits_scaling=2.0)),
    'granite-hybrid': ('GraniteMoeHybrid', False, dict(
        rope_theta=10000.0, shared_intermediate_size=40, num_local_experts=0, num_experts_per_tok=0,
        layer_types=['attention'] * 2, position_embedding_type='rope', mamba_n_heads=4, mamba_d_head=16,
        embedding_multiplier=1.5, residual_multiplier=0.4, attention_multiplier=0.2, logits_scaling=2.0)),
    'minicpm': ('MiniCPM', False, dict(rope_theta=10000.0, tie_word_embeddings=True, scale_emb=2, scale_depth=1.4,
                                       dim_model_base=16, original_max_position_embeddings=24,
                                       rope_scaling=dict(LONGROPE, original_max_position_embeddings=24))),
    'phi3': ('Phi3', True, dict(original_max_position_embeddings=64, sliding_window=20, head_dim=8,
                                rope_parameters=dict(LONGROPE, rope_theta=10000.0))),
    'phi3-long': ('Phi3', False, dict(hidden_size=40, num_attention_heads=4, tie_word_embeddings=True, rope_theta=10000.0,
                                      partial_rotary_factor=0.8, original_max_position_embeddings=16,
                                      sliding_window=262144, rope_scaling=dict(LONGROPE, type='longrope'))),
    'olmo2': ('Olmo2', True, dict(rope_parameters=dict(rope_type='default', rope_theta=500000.0))),
    'olmo3': ('Olmo3', False, dict(num_hidden_layers=4, head_dim=8, rope_theta=500000.0, sliding_window=8,
                                   layer_types=['sliding_attention', 'full_attention'] * 2, rope_scaling=dict(
                                       rope_type='yarn', factor=4.0, original_max_position_embeddings=32,
                                       attention_factor=1.2, beta_fast=32.0, beta_slow=1.0))),
    'gemma2': ('Gemma2', False, dict(num_hidden_layers=4, head_dim=16, hidden_activation='gelu_pytorch_tanh',
                                     rope_theta=10000.0, query_pre_attn_scalar=12, sliding_window=8,
                                     attn_logit_softcapping=3.0, final_logit_softcapping=2.0, bos_token_id=2,
                                     eos_token_id=1)),
    'gemma3': ('Gemma3', False, dict(num_hidden_layers=6, num_attention_heads=2, num_key_value_heads=1, head_dim=16,
                                     hidden_activation='gelu_pytorch_tanh', rope_theta=1000000.0,
                                     rope_local_base_freq=10000.0, query_pre_attn_scalar=16, sliding_window=8,
                                     sliding_window_pattern=3, rope_scaling=dict(rope_type='linear', factor=8.0),
                                     bos_token_id=2, eos_token_id=1)),
    'gemma3-new': ('Gemma3', True, dict(num_hidden_layers=2, head_dim=16, query_pre_attn_scalar=16, sliding_window=6,
                                        layer_types=['full_attention', 'sliding_attention'],
                                        final_logit_softcapping=3.0, bos_token_id=2, eos_token_id=1)),
}
TYPES = {'Gemma3': 'gemma3_text'}


def granite(fields):
    """MiniCPM computes what Granite does with these scales; transformers has no class for it."""
    fields = dict(fields)
    layers, hidden = fields['num_hidden_layers'], fields['hidden_size']
    return dict(fields, embedding_multiplier=float(fields.pop('scale_emb')),
                residual_multiplier=fields.pop('scale_depth') / layers ** 0.5,
                logits_scaling=hidden / fields.pop('dim_model_base'),
                attention_multiplier=(hidden / fields['num_attention_heads']) ** -0.5)


def randomize(model, seed):
    random = torch.Generator().manual_seed(seed)
    counted_from_one = 'Gemma' in type(model).__name__
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(torch.randn(weight.shape, generator=random))
            if 'norm' in name:
                weight.mul_(0.3).add_(0 if counted_from_one else 1)
            elif 'embed' in name:
                weight.mul_(0.15 if counted_from_one else 0.5)
            elif weight.dim() == 1:
                weight.mul_(0.3)
            else:
                weight.mul_((1.5 if 'qk'.find(name.split('.')[-2][:1]) >= 0 else 1) / weight.shape[1] ** 0.5)


def make(name):
    kind, new, fields = MODELS[name]
    fields = dict(SIZES, **fields)
    model_type = TYPES.get(kind, kind.lower())
    computed = 'Granite' if kind == 'MiniCPM' else kind
    names = [base for base in dir(transformers) if base.lower() == computed.lower() + 'forcausallm']
    model_class = getattr(transformers, names[0])
    config = model_class.config_class(**(granite(fields) if kind == 'MiniCPM' else json.loads(json.dumps(fields))))
    config._attn_implementation = 'eager'
    model = model_class(config).eval().float()
    for seed in range(100):
        randomize(model, seed)
        ids = torch.randint(3, fields['vocab_size'], (TOKENS,), generator=torch.Generator().manual_seed(seed + 1))
        with torch.no_grad():
            logits = model(ids[None], use_cache=False).logits[0].float()
            text = ids[:TOKENS // 2].tolist()
            least = MARGIN
            for _ in range(GREEDY):
                last = model(torch.tensor([text]), use_cache=False).logits[0, -1]
                best, at = torch.topk(last, 2)
                least = min(least, float(best[0] - best[1]))
                text.append(int(at[0]))
        if least >= MARGIN and len(set(text[TOKENS // 2:])) > 3:
            break
    else:
        raise SystemExit(f'{name}: every seed has a near-tie')
    folder = os.path.join(FOLDER, name)
    os.makedirs(folder, exist_ok=True)
    written = dict(config.to_dict(), architectures=[kind + 'ForCausalLM']) if new \
        else dict(architectures=[names[0] if kind != 'MiniCPM' else 'MiniCPMForCausalLM'], model_type=model_type, **fields)
    for field in ('transformers_version', 'use_cache', '_name_or_path', 'initializer_range'):
        written.pop(field, None)
    with open(os.path.join(folder, 'config.json'), 'w') as file:
        json.dump(written, file, indent=1)
        file.write('\n')
    tied = getattr(config, 'tie_word_embeddings', False)
    tensors = {key: value.contiguous() for key, value in model.state_dict().items()
               if not (tied and key == 'lm_head.weight') and 'rotary' not in key and 'embed_scale' not in key}
    save_file(tensors, os.path.join(folder, 'model.safetensors'), {'format': 'pt'})
    with open(os.path.join(folder, 'golden.json'), 'w') as file:
        json.dump({'tokens': ids.tolist(), 'greedy': text[TOKENS // 2:]}, file)
        file.write('\n')
    with open(os.path.join(folder, 'logits.f32'), 'wb') as file:
        file.write(logits.numpy().astype('<f4').tobytes())
    print(name, 'seed', seed, 'largest logit', float(logits.abs().max()), 'bytes',
          sum(os.path.getsize(os.path.join(folder, entry)) for entry in os.listdir(folder)))


torch.set_num_threads(1)
for model_name in sys.argv[1:] or MODELS:
    make(model_name)
