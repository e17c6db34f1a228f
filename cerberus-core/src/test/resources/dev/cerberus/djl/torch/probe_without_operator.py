# Asks for an operator that libtorch lacks.

def holds(self) -> bool:
    return torch.is_nonzero(torch.no_such_operator(torch.ones([1])))
