using FsCheck;
using FsCheck.Fluent;
using TrainService.Specification.Reading;

namespace TrainService.Specification.Tests.Reading;

public class NearestNameTests
{
    private static readonly string[] Names = ["dense", "dropout", "batch_normalization", "leaky_relu", "relu", "flatten", "units"];

    [Theory]
    [InlineData("dnese", "dense")]
    [InlineData("Densee", "dense")]
    [InlineData("LeakyReLU", "leaky_relu")]
    [InlineData("leaky-relu", "leaky_relu")]
    [InlineData("batchnorm", "batch_normalization")]
    [InlineData("unit", "units")]
    [InlineData("unitz", "units")]
    [InlineData("conv2d", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void It_is_what_was_probably_meant(string name, string? expected) => NearestName.Of(name, Names).ShouldBe(expected);

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("ca", "abc", 3)]
    public void Distances_are_those_of_optimal_string_alignment(string a, string b, int distance) => NearestName.Distance(a, b).ShouldBe(distance);

    [Fact]
    public void Distance_is_symmetric_and_zero_only_for_equals()
        => Prop.ForAll<NonNull<string>, NonNull<string>>((a, b) =>
            NearestName.Distance(a.Get, b.Get) == NearestName.Distance(b.Get, a.Get) && (NearestName.Distance(a.Get, b.Get) == 0) == (a.Get == b.Get))
            .QuickCheckThrowOnFailure();
}
