using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Convolution.Winograd;
using TrainService.Tensors.Kernels.Normalization;
using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Kernels.Convolution;

/// <summary>A convolution that normalizes what it reads gives the bits of one that reads what was normalized before.</summary>
public unsafe class MappedConvolutionTests
{
    private const int Samples = 2, Length = 1 << 16;

    public static TheoryData<int, int, int, int, int> Shapes => new()
    {
        { 1, 1, 24, 40, 1 }, { 1, 2, 16, 16, 1 }, { 3, 1, 32, 16, 1 }, { 3, 2, 5, 20, 1 }, { 3, 1, 32, 32, 2 }, { 2, 1, 40, 3, 2 }, { 5, 1, 48, 16, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Patches(int kernel, int stride, int inputs, int outputs, int groups)
    {
        ConvolutionShape s = new(AxisWindow.Same(7, kernel, stride, 1), AxisWindow.Same(9, kernel, stride, 1), inputs, outputs, groups);
        int pixel = Tensors.Kernels.Panels.Padded(inputs), target = Tensors.Kernels.Panels.Padded(outputs);
        long xSample = 63L * pixel, ySample = (long)s.Vertical.Out * s.Horizontal.Out * target;
        using Arena x = Random(1), z = new(Length), w = Random(2), dy = Random(3), parameters = Random(4), y = new(Length), mapped = new(Length), scratch = new(4 * Length);
        ChannelMap map = new(parameters.At(0), parameters.At(64), parameters.At(128), 0, 0.7f);
        ChannelNormalization.Apply(map, x.At(0), 63 * Samples, pixel, z.At(0));
        foreach (PatchPass pass in s.Forward(pixel, xSample, target, ySample))
        {
            PatchProduct.ScratchLength(pass, mapped: true).ShouldBeLessThan(4 * Length);
            PatchProduct.Run(pass, 0, Samples, z.At(0), w.At(0), y.At(0), null, false, scratch.At(0));
            PatchProduct.Run(pass, 0, Samples, x.At(0), w.At(0), mapped.At(0), null, false, scratch.At(0), map);
        }

        mapped.Span(0, Length).SequenceEqual(y.Span(0, Length)).ShouldBeTrue("forward");
        PatchGrid patches = s.Patches(pixel, xSample), columns = s.OutputPixels(target, ySample);
        for (int g = 0; g < groups; g++)
        {
            int channel = g * s.InputsPerGroup;
            long positions = (long)Samples * patches.Positions;
            PatchGradient.Run(patches, z.At(channel), columns, dy.At(g * s.OutputsPerGroup), 0, s.Depth, 0, 1, 0, positions, y.At(0), scratch.At(0));
            PatchGradient.Run(patches, x.At(channel), columns, dy.At(g * s.OutputsPerGroup), 0, s.Depth, 0, 1, 0, positions, mapped.At(0), scratch.At(0), map.From(channel));
            mapped.Span(0, s.Depth * 16).SequenceEqual(y.Span(0, s.Depth * 16)).ShouldBeTrue($"kernel gradient of group {g}");
        }
    }

    [Fact]
    public void Tiles()
    {
        WinogradShape s = new(AxisWindow.Same(7, 3, 1, 1), AxisWindow.Same(9, 3, 1, 1), 32, 16);
        using Arena x = Random(1), z = new(Length), w = Random(2), planes = new(Length), parameters = Random(4), y = new(Length), mapped = new(Length), scratch = new(8 * Length);
        ChannelMap map = new(parameters.At(0), parameters.At(64), parameters.At(128), 0, 0.7f);
        ChannelNormalization.Apply(map, x.At(0), 63 * Samples, 32, z.At(0));
        WinogradKernel.Run(32, 16, w.At(0), planes.At(0), 0, 1);
        WinogradProduct.Run(s, 0, Samples, new TileImages(z.At(0), 32, 63 * 32), planes.At(0), new TileImages(y.At(0), 16, 63 * 16), null, false, scratch.At(0));
        WinogradProduct.Run(s, 0, Samples, new TileImages(x.At(0), 32, 63 * 32, map), planes.At(0), new TileImages(mapped.At(0), 16, 63 * 16), null, false, scratch.At(0));
        mapped.Span(0, Length).SequenceEqual(y.Span(0, Length)).ShouldBeTrue();
    }

    private static Arena Random(int seed)
    {
        Arena arena = new(Length);
        Random random = new(seed);
        foreach (ref float v in arena.Span(0, Length)) v = random.NextSingle() * 2 - 1;
        return arena;
    }
}
