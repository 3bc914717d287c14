using TrainService.Api.Keys;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Keys;

public sealed class KeyCommandTests : IDisposable
{
    private readonly string _folder = TemporaryFolder.New();

    private string File => new KeyFile(_folder).Path;

    [Fact]
    public void A_key_is_shown_once_and_only_its_hash_is_kept()
    {
        (string text, string said) = TestKeys.Run(_folder, 0, "create", "--scope", "submit", "--name", "ci");
        string key = text.Trim();
        key.Length.ShouldBeGreaterThan(50);
        said.ShouldContain("only its hash is stored");
        string stored = System.IO.File.ReadAllText(File);
        stored.ShouldNotContain(key[(key.IndexOf('_', 3) + 1)..]);
        stored.ShouldContain(KeyText.HashOf(key));
        if (!OperatingSystem.IsWindows())
            System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        TestKeys.Run(_folder, 0, "list").Output.ShouldContain($"{TestKeys.IdOf(key)}  submit  active");
    }

    [Fact]
    public void Keys_end_are_revoked_and_rotated()
    {
        string ending = TestKeys.Create(_folder, "read", "--expires-days", "2"), revoked = TestKeys.Create(_folder, "admin");
        TestKeys.Run(_folder, 0, "revoke", TestKeys.IdOf(revoked));
        string rotated = TestKeys.Run(_folder, 0, "rotate", TestKeys.IdOf(ending), "--overlap-hours=5").Output.Trim();

        ApiKey key = new KeyFile(_folder).Read()[0];
        DateTimeOffset now = DateTimeOffset.UtcNow;
        key.IsActive(now).ShouldBeTrue();
        key.IsActive(now.AddDays(3)).ShouldBeFalse();
        key.Secrets.Select(s => s.Sha256).ShouldBe([KeyText.HashOf(rotated), KeyText.HashOf(ending)]);
        key.Secrets[0].ExpiresAt.ShouldBeNull();
        key.Secrets[1].ExpiresAt!.Value.ShouldBe(now.AddHours(5), TimeSpan.FromMinutes(1));
        new KeyFile(_folder).Read()[1].IsActive(now).ShouldBeFalse();
        TestKeys.Run(_folder, 0, "list").Output.ShouldContain("revoked");
    }

    [Fact]
    public async Task Commands_at_the_same_time_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => TestKeys.Create(_folder, "read"))));
        new KeyFile(_folder).Read().Count.ShouldBe(16);
    }

    [Theory]
    [InlineData("--scope is missing", "create")]
    [InlineData("--scope: expected", "create", "--scope", "root")]
    [InlineData("--scope needs a value", "create", "--scope")]
    [InlineData("--disk-bytes: expected", "create", "--scope", "read", "--disk-bytes", "-1")]
    [InlineData("--expires-days: expected", "create", "--scope", "read", "--expires-days", "99999999999")]
    [InlineData("'--color' is not understood", "create", "--color", "red")]
    [InlineData("There is no key 'key_none'", "revoke", "key_none")]
    [InlineData("keys takes", "explode")]
    [InlineData("keys takes")]
    public void What_is_not_understood_is_said(string expected, params string[] words) => TestKeys.Run(_folder, 2, words).Error.ShouldStartWith(expected);

    [Fact]
    public void A_broken_file_lets_nobody_in()
    {
        System.IO.File.WriteAllText(File, "[{\"id\": \"key_x\"}]");
        Should.Throw<InvalidDataException>(() => new KeyFile(_folder).Read()).Message.ShouldContain(File);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ts_")]
    [InlineData("ts_0123456789")]
    [InlineData("ts_0123456789x0000")]
    [InlineData("xx_0123456789_0000")]
    public void Other_texts_are_no_keys(string text) => KeyText.IdOf(text).ShouldBeNull();

    [Fact]
    public async Task The_program_makes_keys_and_does_not_start_without_one_where_they_are_required()
    {
        CommandResult refused = await ServiceProgram.RunAsync(["--urls", "http://0.0.0.0:0", "--data", _folder]);
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain("keys create --scope admin");
        (await ServiceProgram.RunAsync(["keys", "create", "--scope", "admin", "--data", _folder])).Succeeded().ShouldStartWith("ts_");
    }

    public void Dispose() => TemporaryFolder.Remove(_folder);
}
