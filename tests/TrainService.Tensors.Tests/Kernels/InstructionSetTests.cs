using System.Diagnostics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Tests.Kernels;

/// <summary>The kernels in a process of its own that does without some of the processor's instructions, as on an older one.</summary>
public class InstructionSetTests
{
    [Theory]
    [InlineData("EnableAVX512", SimdPath.Vector256)]
    [InlineData("EnableAVX2", SimdPath.Scalar)]
    [InlineData("EnableHWIntrinsic", SimdPath.Scalar)]
    public async Task The_bits_are_the_same_without(string instructions, SimdPath expected)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { "exec", typeof(InstructionSetTests).Assembly.Location },
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_" + instructions] = "0";
        using Process child = Process.Start(start)!;
        string[] printed = (await child.StandardOutput.ReadToEndAsync()).Split(' ', StringSplitOptions.TrimEntries);
        await child.WaitForExitAsync();

        child.ExitCode.ShouldBe(0);
        printed.Length.ShouldBe(2);
        Enum.Parse<SimdPath>(printed[0]).ShouldBeOneOf([.. Enum.GetValues<SimdPath>().Where(p => p <= expected)]);
        printed[1].ShouldBe(KernelDigest.Compute());
    }

    [Fact]
    public void The_best_path_is_one_that_is_supported() => SimdPaths.IsSupported(SimdPaths.Best).ShouldBeTrue();
}
