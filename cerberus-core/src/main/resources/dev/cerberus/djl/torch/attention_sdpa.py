# Attention as libtorch computes it on the device at hand; what a row gets may depend, in the last bits, on its company.
# q: [kv, query rows, dim]. keys: [kv, dim, keys]. values: [kv, keys, dim]. mask: [query rows, keys].

def attention(self, q: Tensor, keys: Tensor, values: Tensor, mask: Tensor, bags: List[Tensor]) -> Tensor:
    bias = torch.unsqueeze(torch.unsqueeze(mask, 0), 0)
    k = torch.unsqueeze(torch.transpose(keys, 1, 2), 0)
    o = torch.scaled_dot_product_attention(torch.unsqueeze(q, 0), k, torch.unsqueeze(values, 0), bias,
                                           scale=self.SCALE())
    return torch.contiguous(torch.squeeze(o, 0))
