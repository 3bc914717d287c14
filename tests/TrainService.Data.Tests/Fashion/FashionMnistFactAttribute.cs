using TrainService.Data.Fashion;

namespace TrainService.Data.Tests.Fashion;

/// <summary>A test that needs Debian's package dataset-fashion-mnist; skipped, and shown as skipped, where it isn't installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FashionMnistFactAttribute : FactAttribute
{
    public FashionMnistFactAttribute()
    {
        if (FashionMnist.FindFolder(new()) is null)
            Skip = $"The package dataset-fashion-mnist is not installed ({FashionMnistOptions.DebianFolder}).";
    }
}
