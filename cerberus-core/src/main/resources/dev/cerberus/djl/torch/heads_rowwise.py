# Products of all heads at once, one row of theirs after another: libtorch adds in an order that depends on the number of
# rows.

# x: [heads, rows, in]. w: [heads, in, out]. Returns [heads, rows, out].
def each(self, x: Tensor, w: Tensor) -> Tensor:
    rows = annotate(List[Tensor], [])
    for i in range(torch.size(x, 1)):
        _0 = torch.append(rows, torch.bmm(torch.slice(x, 1, i, i + 1), w))
    return torch.cat(rows, 1)

# bias: [heads, 1, out].
def each_biased(self, x: Tensor, w: Tensor, bias: Tensor) -> Tensor:
    return torch.add(self.each(x, w), bias)
