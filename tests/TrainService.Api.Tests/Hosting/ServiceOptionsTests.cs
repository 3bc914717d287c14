using TrainService.Api.Hosting;

namespace TrainService.Api.Tests.Hosting;

public class ServiceOptionsTests
{
    [Fact]
    public void The_defaults_are_in_order() => new ServiceOptions().Errors().ShouldBeEmpty();

    [Fact]
    public void Every_setting_out_of_range_is_named()
    {
        var options = new ServiceOptions
        {
            Role = "boss", ConcurrentJobs = 0, Threads = -1, MaxBodyBytes = 1, MaxUploadBytes = 1, HeartbeatSeconds = double.NaN, MaxInferenceRequests = 0, Keys = "maybe", Urls = "http://0.0.0.0:1",
        };
        options.Errors().Count().ShouldBe(8);
        new ServiceOptions { ResumeSeconds = 0, MaxProcessLosses = 0, KeepJobsDays = -1, LeaseSeconds = 0.5 }.Errors().Count().ShouldBe(4);
    }

    [Theory]
    [InlineData("api")]
    [InlineData("worker")]
    public void Work_is_split_only_over_a_database_that_processes_can_share(string role)
    {
        new ServiceOptions { Role = role }.Errors().ShouldHaveSingleItem().ShouldContain("TRAINSERVICE__POSTGRES");
        new ServiceOptions { Role = role, Postgres = "Host=db;Database=t" }.Errors().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "auto", false, false)]
    [InlineData("http://127.0.0.1:1", "required", false, true)]
    [InlineData("http://0.0.0.0:1", "auto", false, true)]
    [InlineData("http://127.0.0.1:1;http://0.0.0.0:2", "auto", false, true)]
    [InlineData("http://0.0.0.0:1", "auto", true, false)]
    [InlineData("http://0.0.0.0:1", "required", true, true)]
    [InlineData("http://0.0.0.0:1", "off", true, false)]
    public void Keys_are_asked_for_as_soon_as_others_can_call(string urls, string keys, bool allowRemote, bool required)
    {
        var options = new ServiceOptions { Urls = urls, Keys = keys, AllowRemote = allowRemote };
        options.Errors().ShouldBeEmpty();
        options.KeysRequired.ShouldBe(required);
    }

    [Fact]
    public void Others_cannot_call_without_keys_by_accident()
        => new ServiceOptions { Urls = "http://0.0.0.0:1", Keys = "off" }.Errors().ShouldHaveSingleItem().ShouldContain("TRAINSERVICE__ALLOWREMOTE");

    [Fact]
    public void No_number_of_threads_means_one_for_each_core()
    {
        new ServiceOptions().ComputeThreads.ShouldBe(Environment.ProcessorCount);
        new ServiceOptions { Threads = 3 }.ComputeThreads.ShouldBe(3);
    }
}
