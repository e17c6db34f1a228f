# Heads without transitions guess every depth on its own: scores are what they are.

def followed(self, y: Tensor, parents: List[Tensor], ws: List[Tensor]) -> Tensor:
    return y
