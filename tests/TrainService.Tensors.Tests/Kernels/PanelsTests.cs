using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Tests.Kernels;

public unsafe class PanelsTests
{
    [Fact]
    public void Packing_pads_with_zeros_and_unpacking_gives_the_matrix_back()
    {
        foreach ((int k, int n) in ((int, int)[])[(1, 1), (3, 16), (5, 17), (2, 40), (7, 0), (0, 5)])
        {
            float[] matrix = [.. Enumerable.Range(1, k * n).Select(i => (float)i)], panels = new float[Panels.Length(k, n)], back = new float[k * n];
            Array.Fill(panels, -1f);
            Panels.Pack(matrix, k, n, panels);
            for (int q = 0; q < Panels.Count(n); q++)
            {
                for (int p = 0; p < k; p++)
                {
                    for (int j = 0; j < 16; j++)
                    {
                        int column = q * 16 + j;
                        panels[(q * k + p) * 16 + j].ShouldBe(column < n ? matrix[p * n + column] : 0f);
                    }
                }
            }

            Panels.Unpack(panels, k, n, back);
            back.ShouldBe(matrix);
        }
    }

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Transposed_panels_are_the_panels_of_the_transposed_matrix(SimdPath path)
    {
        foreach ((int k, int n) in ((int, int)[])[(1, 1), (16, 16), (17, 33), (48, 32), (5, 40), (100, 10), (64, 17)])
        {
            float[] matrix = [.. Enumerable.Range(1, k * n).Select(i => (float)i)], turned = new float[k * n];
            for (int p = 0; p < k; p++)
                for (int j = 0; j < n; j++) turned[j * k + p] = matrix[p * n + j];
            float[] panels = new float[Panels.Length(k, n)], expected = new float[Panels.Length(n, k)], got = new float[expected.Length + 1];
            Panels.Pack(matrix, k, n, panels);
            Panels.Pack(turned, n, k, expected);
            Array.Fill(got, -1f);
            fixed (float* source = panels, target = got)
            {
                // In two ranges, as two threads would.
                int all = Panels.Count(k), half = all / 2;
                Panels.Transpose(path, source, k, n, target, half, all);
                got.AsSpan(0, half * n * 16).IndexOfAnyExcept(-1f).ShouldBe(-1);
                Panels.Transpose(path, source, k, n, target, 0, half);
            }

            got[..^1].ShouldBe(expected, $"[{k}, {n}]");
            got[^1].ShouldBe(-1f);
        }
    }

    [Fact]
    public void Memory_that_is_too_small_is_refused()
    {
        Should.Throw<ArgumentException>(() => Panels.Pack(new float[5], 2, 3, new float[32])).Message.ShouldContain("[2, 3]");
        Should.Throw<ArgumentException>(() => Panels.Unpack(new float[31], 2, 3, new float[6])).Message.ShouldContain("32 floats");
    }
}
