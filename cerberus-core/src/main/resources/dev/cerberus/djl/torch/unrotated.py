# Hidden states and embeddings of a model that is not rotated are what they are.

def restored(self, h: Tensor, rotation: List[Tensor]) -> Tensor:
    return h

def rooted(self, rows: Tensor, rotation: List[Tensor]) -> Tensor:
    return rows
