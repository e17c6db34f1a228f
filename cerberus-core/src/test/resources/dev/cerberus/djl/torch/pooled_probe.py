# One tree behind some tokens, in one call with them, and in one call to them and one to itself.

def whole(self, q: Tensor, k: Tensor, v: Tensor, bits: List[int], before: int) -> Tensor:
    bias = self.biases(torch.tensor(bits, dtype=4), 1, torch.floordiv(torch.size(q, 0), self.GROUP()), before)
    o, sums, = self.biased(q, k, v, 1, bias)
    return o

def apart(self, q: Tensor, k: Tensor, v: Tensor, bits: List[int], before: int) -> Tensor:
    bias = self.biases(torch.tensor(bits, dtype=4), 1, torch.floordiv(torch.size(q, 0), self.GROUP()), 0)
    o, sums, = self.biased(q, torch.slice(k, 0, before), torch.slice(v, 0, before), 1, bias)
    seen, weights, = self.flash(q, torch.slice(k, 0, 0, before), torch.slice(v, 0, 0, before))
    return self.together(seen, weights, o, sums)
