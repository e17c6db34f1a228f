# Products by FBGEMM in 8-bit integers: a row's result does not depend on the other rows.
#
# Each row of activations is divided by its largest magnitude and rounded to 255 steps, the integer sums are exact, and
# the row's magnitude is put back afterwards. A Matrix has a scale for each of its rows. A row of zeros yields zeros,
# whatever the kernel makes of 0/0, since its integers are finite.
#
# The model is rotated when it is loaded, so that no activation stands out. Where norms are added to the residual stream,
# that can not be done; the stream is then rotated in blocks wherever it is read. What an RMS norm leaves of a
# rotated row is a number, its length; the norm's weight is part of the matrix's columns. The row's scale cancels in the
# rounding, and sqrt(sum of squares + H*eps) is the hypotenuse of the row's length and of the norm's floor, sqrt(H*eps),
# which is what stands for a norm among the vectors.

# One operator is cheaper for one row, two for many; the largest magnitude is the same number either way.
def largest(self, x: Tensor) -> Tensor:
    if torch.size(x, 0) == 1:
        m = torch.linalg_vector_norm(x, inf, [1], True)
    else:
        m = torch.amax(torch.abs(x), [1], True)
    return m

def scaled(self, x: Tensor, w: Matrix) -> Tuple[Tensor, Tensor]:
    m = self.largest(x)
    y = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(torch.div(x, m), 0.007874015718698502, 128, w)
    return (y, m)

def put_back(self, y: Tensor, m: Tensor, bias: Optional[Tensor]) -> Tensor:
    if torch.__isnot__(bias, None):
        z = torch.addcmul(unchecked_cast(Tensor, bias), y, m)
    else:
        z = torch.mul_(y, m)
    return z

def linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor]) -> Tensor:
    y, m, = self.scaled(x, w)
    return self.put_back(y, m, bias)

def linear_onto(self, x: Tensor, w: Matrix, bias: Optional[Tensor], onto: Tensor) -> Tensor:
    y, m, = self.scaled(x, w)
    z = torch.addcmul(onto, y, m)
    if torch.__isnot__(bias, None):
        z = torch.add(z, unchecked_cast(Tensor, bias))
    return z

# Rows rotated block by block at run time. at: where among the vectors the rotation of a block is, [block, block].
def rotated(self, x: Tensor, block: int, at: int, vs: List[Tensor]) -> Tensor:
    return torch.reshape(torch.mm(torch.reshape(x, [-1, block]), vs[at]), torch.size(x))

# The residual stream as matrices read it.
def read(self, x: Tensor, vs: List[Tensor]) -> Tensor:
    if self.READING_BLOCK() > 1:
        x = self.rotated(x, self.READING_BLOCK(), self.READING_ROTATION(), vs)
    return x

def normed_linear(self, x: Tensor, floor: Tensor, w: Matrix, bias: Optional[Tensor], vs: List[Tensor]) -> Tensor:
    y, m, = self.scaled(self.read(x, vs), w)
    length = torch.hypot(torch.linalg_vector_norm(x, 2, [1], True), floor)
    return self.put_back(y, torch.div(m, length), bias)

# A product with the residual stream as it is.
def reading_linear(self, x: Tensor, w: Matrix, bias: Optional[Tensor], vs: List[Tensor]) -> Tensor:
    return self.linear(self.read(x, vs), w, bias)

# Of a model whose stream is not rotated.
def normed_onto(self, x: Tensor, norm: Tensor, onto: Tensor) -> Tensor:
    return torch.add(onto, torch.rms_norm(x, [self.HIDDEN()], norm, self.EPS()))

# What goes down is no part of the residual stream: its rotation is computed, block by block.
def spread(self, x: Tensor, vs: List[Tensor]) -> Tensor:
    if self.BLOCK() > 1:
        x = self.rotated(x, self.BLOCK(), self.BLOCK_ROTATION(), vs)
    return x

def down(self, x: Tensor, w: Matrix, vs: List[Tensor]) -> Tensor:
    return self.linear(self.spread(x, vs), w, None)

def down_onto(self, x: Tensor, w: Matrix, vs: List[Tensor], onto: Tensor) -> Tensor:
    return self.linear_onto(self.spread(x, vs), w, None, onto)

# What a step leaves behind for scores and for heads: the residual stream, before the last norm.
def final(self, x: Tensor, vs: List[Tensor]) -> Tensor:
    return x

def scored(self, x: Tensor, vs: List[Tensor], w: Matrix) -> Tensor:
    return self.normed_linear(x, vs[self.FINAL_NORM()], w, None, vs)
