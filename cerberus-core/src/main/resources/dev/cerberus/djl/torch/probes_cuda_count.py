# The number of CUDA devices, which takes no memory of them. Only in libraries with CUDA.

def count(self) -> int:
    return ops.cuda.device_count()
