# What a model needs beside its weights, and what is read of a step's results.

def row(self, rows: Tensor, node: int) -> Tensor:
    return torch.to(torch.select(rows, 0, node), 6)

def cache(self, like: Tensor, shape: List[int], type: int) -> Tensor:
    return torch.zeros(shape, dtype=type, device=ops.prim.device(like))

# What rotary embedding multiplies every position by, complex: for every kind of layers the pairs of a head, [positions,
# kinds * dim / 2], and behind them what queries are multiplied by besides, if they are, [positions, 1]. inverse: radians a
# position, and magnitudes, both [kinds * dim / 2]. growth: [positions], or empty.
def frequencies(self, inverse: Tensor, magnitudes: Tensor, growth: Tensor, length: int) -> Tensor:
    positions = torch.arange(0, length, dtype=6, device=ops.prim.device(inverse))
    angles = torch.outer(positions, inverse)
    turns = torch.complex(torch.mul(torch.cos(angles), magnitudes), torch.mul(torch.sin(angles), magnitudes))
    if torch.size(growth, 0) > 0:
        grown = torch.unsqueeze(torch.complex(growth, torch.zeros_like(growth)), 1)
        turns = torch.cat([turns, grown], 1)
    return turns

# Returns the hidden states of rows, in the model's own basis, [end - first, hidden].
def hidden(self, h: Tensor, first: int, end: int, rotation: List[Tensor]) -> Tensor:
    return torch.to(self.restored(torch.slice(h, 0, first, end), rotation), 6)
