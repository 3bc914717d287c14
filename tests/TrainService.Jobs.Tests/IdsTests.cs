namespace TrainService.Jobs.Tests;

public sealed class IdsTests
{
    [Fact]
    public void Ids_sort_in_the_order_they_were_made_within_one_process()
    {
        string[] ids = [.. Enumerable.Range(0, 100_000).Select(_ => Ids.New("job"))];

        ids.ShouldBe(ids.Order(StringComparer.Ordinal));
        ids.Distinct().Count().ShouldBe(ids.Length);
    }

    [Fact]
    public async Task Threads_never_get_the_same_id()
    {
        string[][] ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Task.Run(() => Enumerable.Range(0, 10_000).Select(_ => Ids.New("job")).ToArray())));

        ids.SelectMany(i => i).Distinct().Count().ShouldBe(80_000);
        foreach (string[] own in ids)
            own.ShouldBe(own.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_guessable_part_is_followed_by_eighty_random_bits()
    {
        string[] tails = [.. Enumerable.Range(0, 10_000).Select(_ => Ids.New("job")[^16..])];

        tails.Distinct().Count().ShouldBe(tails.Length);
        for (int i = 0; i < 16; i++)
            tails.Select(t => t[i]).Distinct().Count().ShouldBe(32);
    }

    [Fact]
    public void An_id_tells_when_it_was_made()
    {
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        string id = Ids.New("ckpt");

        id.ShouldStartWith("ckpt_");
        id.Length.ShouldBe("ckpt_".Length + 29);

        // Other tests make many ids in a millisecond, which pushes the logical clock ahead of the real one a little.
        Ids.MillisecondsOf(id)!.Value.ShouldBeInRange(before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("job")]
    [InlineData("job_")]
    [InlineData("job_1")]
    [InlineData("job_IIIIIIIIIIIIIIIIIIIIIIIIIIIII")]
    public void What_is_not_an_id_of_ours_has_no_time(string id) => Ids.MillisecondsOf(id).ShouldBeNull();
}
