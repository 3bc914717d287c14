using System.Diagnostics;
using System.Globalization;
using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Convolution.Winograd;
using TrainService.Tensors.Memory;

namespace TrainService.Benchmarks.Kernels;

/// <summary>
/// 3x3 convolutions by patches and in tiles on one thread, in GFLOP/s of the plain arithmetic, so that what tiles save shows as more than the peak; and
/// the times of the parts of the latter.
/// </summary>
internal static unsafe class ConvolutionBenchmarks
{
    private static readonly (int Batch, int Size, int Inputs, int Outputs)[] Shapes =
        [(32, 13, 32, 64), (32, 14, 64, 128), (32, 14, 128, 128), (32, 7, 128, 256), (32, 7, 256, 256), (8, 56, 64, 64), (8, 28, 128, 128), (8, 14, 256, 256), (8, 7, 512, 512)];

    public static void Run()
    {
        Console.WriteLine("batch size  in out | GFLOP/s: patches  dW | tiles  dW | us: kernel  forward  factors  dW product");
        foreach ((int batch, int size, int inputs, int outputs) in Shapes) Console.WriteLine(Line(batch, size, inputs, outputs));
    }

    private static string Line(int batch, int size, int inputs, int outputs)
    {
        AxisWindow axis = AxisWindow.Same(size, 3, 1, 1);
        ConvolutionShape shape = new(axis, axis, inputs, outputs, 1);
        WinogradShape tiled = new(axis, axis, inputs, outputs);
        long xSample = (long)size * size * inputs, ySample = (long)size * size * outputs, tiles = (long)batch * tiled.Tiles;
        nint imagePlane = (nint)WinogradShape.PlaneStride(tiles, inputs), gradientPlane = (nint)WinogradShape.PlaneStride(tiles, outputs);
        PatchPass pass = shape.Forward(inputs, xSample, outputs, ySample)[0];
        PatchGrid patches = shape.Patches(inputs, xSample), columns = shape.OutputPixels(outputs, ySample);
        const int Rows = 32, Chunk = 144;
        int panels = Math.Min(4, outputs / 16);
        using Arena x = Filled(batch * xSample), y = Filled(batch * ySample), w = Filled(shape.KernelLength), planes = Filled(tiled.KernelLength);
        using Arena images = Filled(36 * imagePlane), gradients = Filled(36 * gradientPlane);
        using Arena scratch = Filled(1 + new[]
        {
            PatchProduct.ScratchLength(pass), WinogradProduct.ScratchLength(tiled), WinogradGradient.TransformScratch(tiled),
            WinogradGradient.ProductScratch(Rows, panels), (Chunk * 128) + PatchGradient.ScratchLength(patches, columns, Chunk, Math.Min(8, outputs / 16)),
        }.Max());
        TileImages xImages = new(x.At(0), inputs, xSample), yImages = new(y.At(0), outputs, ySample);
        double flops = 2.0 * shape.Work * batch;
        double direct = Best(() => PatchProduct.Run(pass, 0, batch, x.At(0), w.At(0), y.At(0), null, false, scratch.At(0)));
        double directGradient = Best(() =>
        {
            int width = Math.Min(8, outputs / 16);
            for (int first = 0; first < shape.Depth; first += Chunk)
                for (int panel = 0; panel < outputs / 16; panel += width)
                    PatchGradient.Run(patches, x.At(0), columns, y.At(0), first, Math.Min(shape.Depth, first + Chunk), panel, width, 0, (long)batch * size * size, scratch.At(0), scratch.At(Chunk * 128));
        });
        double kernel = Best(() => WinogradKernel.Run(inputs, outputs, w.At(0), planes.At(0), 0, outputs / 16));
        double forward = Best(() => WinogradProduct.Run(tiled, 0, batch, xImages, planes.At(0), yImages, null, false, scratch.At(0)));
        double factors = Best(() => WinogradGradient.Transform(tiled, 0, batch, xImages, images.At(0), imagePlane, yImages, gradients.At(0), gradientPlane, scratch.At(0)));
        double product = Best(() =>
        {
            for (int input = 0; input < inputs; input += Rows)
                for (int panel = 0; panel < outputs / 16; panel += panels)
                    WinogradGradient.Product(tiled, tiles, images.At(0), imagePlane, gradients.At(0), gradientPlane, input, Rows, panel, panels, scratch.At(0));
        });
        return string.Create(CultureInfo.InvariantCulture,
            $"{batch,5} {size,4} {inputs,4} {outputs,3} | {flops / direct / 1e9,16:F0} {flops / directGradient / 1e9,3:F0} | {flops / (kernel + forward) / 1e9,5:F0} {flops / (factors + product) / 1e9,3:F0} | {kernel * 1e6,10:F0} {forward * 1e6,8:F0} {factors * 1e6,8:F0} {product * 1e6,11:F0}   limits {flops / 4 * (tiles * 16.0 / batch / size / size) / 263e9 * 1e6,8:F0}");
    }

    private static Arena Filled(long length)
    {
        Arena arena = new(length);
        Random random = new(1);
        foreach (ref float v in arena.Span(0, (int)length)) v = random.NextSingle() - 0.5f;
        return arena;
    }

    private static double Best(Action run)
    {
        double best = double.MaxValue;
        for (int i = 0; i < 7; i++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
