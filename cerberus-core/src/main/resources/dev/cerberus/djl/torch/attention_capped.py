# Attention with bounded scores, in the model's own format. q: [kv, query rows, dim]. keys: [kv, dim, keys].
# values: [kv, keys, dim]. mask: [query rows, keys].

def attention(self, q: Tensor, keys: Tensor, values: Tensor, mask: Tensor, bags: List[Tensor]) -> Tensor:
    bent = torch.tanh(torch.mul(torch.to(torch.bmm(q, keys), 6), self.SCALE_TO_CAP()))
    weights = torch.softmax(torch.add(torch.mul(bent, self.CAP()), mask), 2)
    return torch.bmm(torch.to(weights, self.CACHE_TYPE()), values)
