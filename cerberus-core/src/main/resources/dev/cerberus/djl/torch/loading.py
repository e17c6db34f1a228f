# Weights in the order that llama.py wants.

# The halves of what is rotated of every head's rows in turn, for rotary embedding. dims: how many of a head's rows are.
def interleaved(self, w: Tensor, heads: int, dims: int) -> Tensor:
    each = torch.reshape(w, [heads, torch.floordiv(torch.size(w, 0), heads), -1])
    turning = torch.reshape(torch.slice(each, 1, 0, dims), [heads, 2, torch.floordiv(dims, 2), -1])
    turning = torch.reshape(torch.transpose(turning, 1, 2), [heads, dims, -1])
    if dims < torch.size(each, 1):
        turning = torch.cat([turning, torch.slice(each, 1, dims)], 1)
    return torch.reshape(turning, torch.size(w))

# Query heads by their place in the group that shares a key head, then by the key head.
def group_major(self, w: Tensor, groups: int, heads: int) -> Tensor:
    return torch.reshape(torch.transpose(torch.reshape(w, [heads, groups, -1]), 0, 1), torch.size(w))

def group_major_columns(self, w: Tensor, groups: int, heads: int) -> Tensor:
    split = torch.reshape(w, [torch.size(w, 0), heads, groups, -1])
    return torch.reshape(torch.transpose(split, 1, 2), torch.size(w))

# What stands for an RMS norm in front of a matrix that has its weight: sqrt(H * eps), [1].
def floor(self, norm: Tensor, eps: float) -> Tensor:
    return torch.full([1], torch.sqrt(torch.size(norm, 0) * eps), dtype=6)

def lengthened(self, norm: Tensor) -> Tensor:
    return torch.mul(norm, torch.sqrt(torch.size(norm, 0)))

# The weight of a norm that is stored as what it is more than one.
def from_one(self, norm: Tensor) -> Tensor:
    return torch.add(norm, 1)

# In 16 bits, what is beyond their range being the largest of them.
def halved(self, w: Tensor) -> Tensor:
    return torch.to(torch.clamp(w, -65504., 65504.), 5)

def multiplied(self, w: Tensor, factor: float) -> Tensor:
    return torch.mul(w, factor)

def columns(self, w: Tensor, factors: Tensor) -> Tensor:
    return torch.mul(w, factors)

# Every piece of a row, as wide as the rotation, times the rotation: left transposed * piece * right.
def turned(self, w: Tensor, left: Tensor, right: Tensor) -> Tensor:
    a = torch.size(left, 0)
    b = torch.size(right, 0)
    spread = torch.mm(torch.reshape(w, [-1, b]), right)
    if a > 1:
        grid = torch.reshape(spread, [-1, a, b])
        spread = torch.bmm(torch.expand(torch.t(left), [torch.size(grid, 0), a, a]), grid)
    return torch.reshape(spread, torch.size(w))

# The same for every piece of a column: as many rows of the matrix.
def turned_columns(self, w: Tensor, left: Tensor, right: Tensor) -> Tensor:
    a = torch.size(left, 0)
    b = torch.size(right, 0)
    pieces = torch.reshape(w, [-1, b, torch.size(w, 1)])
    spread = torch.bmm(torch.expand(torch.t(right), [torch.size(pieces, 0), b, b]), pieces)
    if a > 1:
        grid = torch.reshape(spread, [-1, a, b * torch.size(w, 1)])
        spread = torch.bmm(torch.expand(torch.t(left), [torch.size(grid, 0), a, a]), grid)
    return torch.reshape(spread, torch.size(w))

def transposed(self, w: Tensor) -> Tensor:
    return torch.contiguous(torch.t(w))
