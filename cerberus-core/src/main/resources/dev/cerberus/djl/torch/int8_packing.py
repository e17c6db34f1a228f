# Matrices of 8-bit integers as FBGEMM wants them. steps(), from a file of its own, says how wide a step of each row is.

def packed(self, w: Tensor) -> Matrix:
    return ops.quantized.linear_prepack(self.quantized(w, self.steps(w)), None)

def quantized(self, w: Tensor, steps: Tensor) -> Tensor:
    return torch.quantize_per_channel(w, steps, self.zeros(w), 0, 12)

def zeros(self, w: Tensor) -> Tensor:
    return torch.zeros([torch.size(w, 0)], dtype=4)

# Returns the largest magnitude of every row, without a copy of the matrix.
def magnitude(self, w: Tensor) -> Tensor:
    return torch.maximum(torch.amax(w, [1]), torch.neg(torch.amin(w, [1])))

# What is too large to be worked on at once is rounded a few rows at a time.
def round_rows(self, w: Tensor, first: int, integers: Tensor, steps: Tensor) -> Tensor:
    own = self.steps(w)
    end = first + torch.size(w, 0)
    _0 = torch.copy_(torch.slice(steps, 0, first, end), own)
    return torch.copy_(torch.slice(integers, 0, first, end), torch.int_repr(self.quantized(w, own)))

def packed_integers(self, integers: Tensor, steps: Tensor) -> Matrix:
    whole = torch._make_per_channel_quantized_tensor(integers, steps, self.zeros(integers), 0)
    return ops.quantized.linear_prepack(whole, None)
