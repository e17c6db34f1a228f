# The bytes of a file become weights: typed, joined, packed. bf16 has no name in DJL, so bytes get their type here.

def typed(self, bytes: Tensor, source: int, shape: List[int], target: int) -> Tensor:
    return torch.to(torch.reshape(torch.view_copy(bytes, dtype=source), shape), target)

def joined(self, parts: List[Tensor]) -> Tensor:
    return torch.cat(parts, 0)
