using TrainService.Tensors.Kernels;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Randomness;

namespace TrainService.Tensors.Tests.Kernels;

public class PhiloxMaskTests
{
    private static readonly PhiloxKey Key = PhiloxKey.Of(seed: 42, RandomPurpose.Dropout, stream: 3, step: 17);

    [Theory]
    [ClassData(typeof(AllPaths))]
    public void Any_range_keeps_the_elements_whose_words_reach_the_threshold(SimdPath path)
    {
        float[] x = [.. Enumerable.Range(1, 400).Select(i => (float)i)], y = new float[410];
        foreach (long start in (long[])[0, 1, 15, 16, 63, 64, 1000, (1L << 34) - 100, (1L << 40) + 5])
        {
            foreach (int length in (int[])[0, 1, 17, 63, 64, 65, 128, 200, 400])
            {
                Array.Fill(y, -1f);
                PhiloxMask.Apply(path, Key, 0.3, start, x.AsSpan(0, length), y);
                for (int i = 0; i < length; i++)
                {
                    bool kept = PhiloxMask.WordOf(Key, start + i) >= 1288490189u; // 0.3 · 2³²
                    y[i].ShouldBe(kept ? x[i] * (float)(1 / 0.7) : 0f, $"{start} + {i}");
                }

                y.AsSpan(length).IndexOfAnyExcept(-1f).ShouldBe(-1);
            }
        }
    }

    [Fact]
    public void Words_are_those_of_the_blocks_that_the_remarks_name()
    {
        PhiloxMask.WordOf(Key, 0).ShouldBe(Philox.Block(Key.Key, Key.High, 0).X0);
        PhiloxMask.WordOf(Key, 5).ShouldBe(Philox.Block(Key.Key, Key.High, 5).X0);
        PhiloxMask.WordOf(Key, 16).ShouldBe(Philox.Block(Key.Key, Key.High, 0).X1);
        PhiloxMask.WordOf(Key, 47).ShouldBe(Philox.Block(Key.Key, Key.High, 15).X2);
        PhiloxMask.WordOf(Key, 64 + 48).ShouldBe(Philox.Block(Key.Key, Key.High, 16).X3);
    }

    [Fact]
    public void The_share_of_dropped_elements_is_the_rate_and_the_mean_stays()
    {
        float[] x = new float[1 << 20], y = new float[1 << 20];
        Array.Fill(x, 1f);
        foreach (double rate in (double[])[0, 0.1, 0.5, 0.9])
        {
            PhiloxMask.Apply(Key, rate, 0, x, y);
            double deviation = Math.Sqrt(rate * (1 - rate) / x.Length);
            ((double)y.Count(v => v == 0) / x.Length).ShouldBe(rate, 4 * deviation + 1e-9);
            y.Average(v => (double)v).ShouldBe(1, 4 * deviation / (1 - rate) + 1e-6);
        }
    }

    [Fact]
    public void A_dropped_element_is_zero_even_if_it_was_not_finite()
    {
        float[] x = new float[128];
        Array.Fill(x, float.NaN);
        PhiloxMask.Apply(Key, 0.5, 0, x, x);
        x.ShouldContain(0f);
        x.ShouldAllBe(v => v == 0f || float.IsNaN(v));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_rate_that_is_no_probability_below_one_is_refused(double rate)
        => Should.Throw<ArgumentOutOfRangeException>(() => PhiloxMask.Apply(Key, rate, 0, [], []));
}
