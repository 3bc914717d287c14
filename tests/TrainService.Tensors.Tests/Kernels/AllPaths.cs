using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Tests.Kernels;

/// <summary>Every width of vector that this processor has, and the scalar reference.</summary>
public class AllPaths : TheoryData<SimdPath>
{
    public AllPaths()
    {
        foreach (SimdPath path in Enum.GetValues<SimdPath>())
            if (SimdPaths.IsSupported(path)) Add(path);
    }
}
