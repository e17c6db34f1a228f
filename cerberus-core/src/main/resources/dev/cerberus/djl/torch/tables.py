# What a model needs beside its weights, and what is read of a step's results.

def row(self, rows: Tensor, node: int) -> Tensor:
    return torch.to(torch.select(rows, 0, node), 6)

def cache(self, like: Tensor, shape: List[int], type: int) -> Tensor:
    return torch.zeros(shape, dtype=type, device=ops.prim.device(like))

def frequencies(self, inverse: Tensor, length: int) -> Tensor:
    positions = torch.arange(0, length, dtype=6, device=ops.prim.device(inverse))
    angles = torch.outer(positions, inverse)
    return torch.complex(torch.cos(angles), torch.sin(angles))

# Returns the hidden state of a row, in the model's own basis, [hidden].
def hidden(self, h: Tensor, node: int, rotation: List[Tensor]) -> Tensor:
    return torch.to(torch.squeeze(self.restored(torch.slice(h, 0, node, node + 1), rotation), 0), 6)
