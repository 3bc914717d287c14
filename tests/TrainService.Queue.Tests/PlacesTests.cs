using TrainService.Jobs;

namespace TrainService.Queue.Tests;

public sealed class PlacesTests
{
    [Fact]
    public void Bands_never_overlap()
    {
        string now = Ids.New("job");
        string foreign = "job_1";

        Places.Of(now, 1).ShouldBeLessThan(Places.Of(foreign, 0));
        Places.Of(now, 0).ShouldBeLessThan(Places.Of(foreign, -1));
        Places.Of(now, -1).AddYears(100).ShouldBeLessThan(DateTimeOffset.UtcNow);
    }

    [Fact]
    public void Only_the_sign_of_a_priority_counts()
    {
        string id = Ids.New("job");

        Places.Of(id, 1).ShouldBe(Places.Of(id, int.MaxValue));
        Places.Of(id, -1).ShouldBe(Places.Of(id, int.MinValue));
    }

    [Fact]
    public void Within_a_band_the_older_comes_first()
    {
        string older = Ids.New("job");
        Thread.Sleep(5);

        Places.Of(older, 0).ShouldBeLessThan(Places.Of(Ids.New("job"), 0));
    }
}
