# Whether the kernel's sums are those of integers: neighbours of the largest magnitudes, of one sign and of both, and
# between them the numbers that just may stand together.

def exact(self) -> bool:
    count = 576
    steps = torch.remainder(torch.mul(torch.arange(0, count * 8), 7919), 255)
    x = torch.reshape(torch.sub(torch.to(steps, 6), 127.), [8, count])
    _0 = torch.fill_(torch.select(x, 0, 0), 127.)
    _1 = torch.fill_(torch.select(x, 0, 1), -127.)
    weights = torch.remainder(torch.mul(torch.arange(0, count * 16), 104729), 255)
    w = torch.reshape(torch.sub(torch.to(weights, 6), 127.), [16, count])
    _2 = torch.fill_(torch.select(w, 0, 0), 1.)
    _3 = torch.fill_(torch.select(w, 0, 1), -1.)
    packed = self.packed(w)
    rounded = self.unpacked(packed)
    expected = torch.mm(torch.to(x, 7), torch.t(torch.to(rounded, 7)))
    y = torch.mul(ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(torch.div(x, 127.), 0.007874015718698502, 128, packed), 127.)
    worst = torch.max(torch.abs(torch.sub(torch.to(y, 7), expected)))
    return torch.lt(torch.item(worst), torch.item(torch.max(torch.abs(expected))) * 1e-5)

def unpacked(self, w: Matrix) -> Tensor:
    rounded, _0, = ops.quantized.linear_unpack(w)
    return torch.dequantize(rounded)
