# Hidden states of a model that is not rotated are what they are; embeddings are kept in 16 bits.

def restored(self, h: Tensor, rotation: List[Tensor]) -> Tensor:
    return h

def rooted(self, rows: Tensor, rotation: List[Tensor]) -> Tensor:
    return torch.to(rows, 6)
