using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Tests.Kernels;

// The tests start this program with instruction sets switched off and compare what it prints.
Console.WriteLine($"{SimdPaths.Best} {KernelDigest.Compute()}");
