namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>
/// One product of a convolution: the patches of a grid times panels of a kernel. A convolution takes one for each group; its input gradient one for
/// each group and each phase of the strides.
/// </summary>
/// <param name="Grid">The left factor.</param>
/// <param name="SourceOffset">Its first channel.</param>
/// <param name="KernelOffset">Where its part of the kernel begins, [panel][depth][16].</param>
/// <param name="Target">Where the results go.</param>
/// <param name="TargetOffset">Their first channel.</param>
/// <param name="PixelPadding">Floats after the last channel that pad the pixel, when this pass is the last of the pixel; else 0.</param>
public sealed record PatchPass(PatchGrid Grid, int SourceOffset, long KernelOffset, PixelTarget Target, int TargetOffset, int PixelPadding)
{
    public int Panels { get; } = Kernels.Panels.Count(Target.Image.Channels);
}
