using TrainService.Api.Hosting;

namespace TrainService.Api.Tests.Hosting;

public class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://localhost:1")]
    [InlineData("http://[::1]:8080")]
    [InlineData("http://127.0.0.9:0")]
    [InlineData("http://127.0.0.1:1;http://localhost:2")]
    public void Loopback_is_taken(string urls) => ListenAddress.Errors(urls, allowRemote: false).ShouldBeEmpty();

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://+:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://192.168.1.7:8080")]
    [InlineData("http://example.org:8080")]
    [InlineData("http://127.0.0.1.example.org:8080")]
    public void What_others_can_reach_must_be_allowed_explicitly(string url)
    {
        ListenAddress.Errors($"http://127.0.0.1:1;{url}", allowRemote: false).ShouldHaveSingleItem().ShouldContain("TRAINSERVICE__ALLOWREMOTE");
        ListenAddress.Errors(url, allowRemote: true).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("8080")]
    [InlineData("127.0.0.1:8080")]
    [InlineData("https://127.0.0.1:8080")]
    [InlineData("http://127.0.0.1:99999")]
    public void What_is_no_address_is_an_error(string urls) => ListenAddress.Errors(urls, allowRemote: true).ShouldHaveSingleItem().ShouldContain("expected an address");

    [Theory]
    [InlineData("http://0.0.0.0:80", "http://127.0.0.1:80")]
    [InlineData("http://[::1]:81", "http://[::1]:81")]
    [InlineData("http://*:82;http://localhost:83", "http://127.0.0.1:82")]
    public void The_service_can_be_reached_from_its_own_machine(string urls, string expected) => ListenAddress.Reachable(urls).ShouldBe(expected);
}
