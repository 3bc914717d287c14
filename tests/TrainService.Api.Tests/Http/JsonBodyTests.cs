using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using TrainService.Api.Http;
using TrainService.Api.Problems;
using TrainService.Contracts.Problems;

namespace TrainService.Api.Tests.Http;

public class JsonBodyTests
{
    [Fact]
    public void A_body_is_read_and_hashed()
    {
        using JsonBody body = JsonBody.Parse("""{"a": "ä😀\u00e4\ud83d\ude00"}"""u8.ToArray());
        body.Root.GetProperty("a").GetString().ShouldBe("ä😀ä😀");
        body.Hash.Length.ShouldBe(64);
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("{\n  \"a\": 1,\n  \"b\": x\n}", 3, 8)]
    [InlineData("{\"a\": \"\\ud800\"}", 1, 7)]
    [InlineData("{\n\"\\udc00\": 1}", 2, 1)]
    [InlineData("{\"a\": NaN}", 1, 7)]
    [InlineData("[1, 2", 1, 6)]
    [InlineData("{} {}", 1, 4)]
    [InlineData("{\"a\": 1,}", 1, 9)]
    public void A_broken_body_is_a_400_with_its_place(string text, long line, long column)
        => Fails(Encoding.UTF8.GetBytes(text)).Position.ShouldBe(new JsonPositionResource(line, column));

    [Fact]
    public void Bytes_that_are_not_utf8_are_a_400() => Fails([(byte)'"', 0xff, (byte)'"']).Status.ShouldBe(400);

    [Fact]
    public void Nesting_has_a_limit()
    {
        static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
        JsonBody.Parse(Nested(JsonBody.MaxDepth)).Dispose();
        Fails(Nested(JsonBody.MaxDepth + 1)).Status.ShouldBe(400);
        Fails(Nested(100_000)).Status.ShouldBe(400);
    }

    [Fact]
    public void Any_bytes_are_a_value_or_a_400()
        => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Total(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_in_quotes_is_a_value_that_can_be_read_or_a_400()
        => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => Total(Encoding.UTF8.GetBytes($"\"{text}\""))).QuickCheckThrowOnFailure();

    private static void Total(byte[] bytes)
    {
        try
        {
            using JsonBody body = Parse(bytes);
            if (body.Root.ValueKind == JsonValueKind.String)
                body.Root.GetString().ShouldNotBeNull();
        }
        catch (ProblemException e)
        {
            e.Problem.StatusCode.ShouldBe(400);
        }
    }

    private static ProblemResource Fails(byte[] bytes) => Should.Throw<ProblemException>(() => Parse(bytes).Dispose()).Problem.Resource;

    private static JsonBody Parse(byte[] bytes) => JsonBody.Parse(bytes);
}
