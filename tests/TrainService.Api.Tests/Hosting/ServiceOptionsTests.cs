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
            Role = "boss", ConcurrentJobs = 0, Threads = -1, MaxBodyBytes = 1, MaxUploadBytes = 1, HeartbeatSeconds = double.NaN, MaxInferenceRequests = 0, Urls = "http://0.0.0.0:1",
        };
        options.Errors().Count().ShouldBe(8);
    }

    [Fact]
    public void No_number_of_threads_means_one_for_each_core()
    {
        new ServiceOptions().ComputeThreads.ShouldBe(Environment.ProcessorCount);
        new ServiceOptions { Threads = 3 }.ComputeThreads.ShouldBe(3);
    }
}
