# Products of all heads at once, for training and for devices on which a row's result may depend on the other rows.

# x: [heads, rows, in]. w: [heads, in, out]. Returns [heads, rows, out].
def each(self, x: Tensor, w: Tensor) -> Tensor:
    return torch.bmm(x, w)

# bias: [heads, 1, out].
def each_biased(self, x: Tensor, w: Tensor, bias: Tensor) -> Tensor:
    return torch.baddbmm(bias, x, w)
