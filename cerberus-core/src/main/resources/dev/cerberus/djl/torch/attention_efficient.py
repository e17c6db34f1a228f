# Attention by libtorch's memory-efficient kernel, by name: see flash_cuda.py. q: [kv, query rows, dim]. keys: [kv, dim, keys].
# values: [kv, keys, dim]. mask: [query rows, keys].

def attention(self, q: Tensor, keys: Tensor, values: Tensor, mask: Tensor, bags: List[Tensor]) -> Tensor:
    kv = torch.size(q, 0)
    bias = torch.expand(torch.unsqueeze(torch.contiguous(mask), 0), [1, kv, torch.size(mask, 0), torch.size(mask, 1)])
    o, sums, seed, offset, = torch._scaled_dot_product_efficient_attention(
        torch.unsqueeze(q, 0), torch.unsqueeze(torch.transpose(keys, 1, 2), 0), torch.unsqueeze(values, 0), bias, False,
        scale=self.SCALE())
    return torch.contiguous(torch.squeeze(o, 0))
