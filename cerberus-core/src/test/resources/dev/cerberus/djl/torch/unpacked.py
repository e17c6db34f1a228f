# The integers of a packed matrix, [out, in], and their step, [out].

def integers(self, w: Matrix) -> Tensor:
    rounded, _0, = ops.quantized.linear_unpack(w)
    return torch.to(torch.int_repr(rounded), 6)

def widths(self, w: Matrix) -> Tensor:
    rounded, _0, = ops.quantized.linear_unpack(w)
    return torch.to(torch.q_per_channel_scales(rounded), 6)
