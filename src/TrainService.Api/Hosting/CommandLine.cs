namespace TrainService.Api.Hosting;

/// <summary>What the command line asks for.</summary>
/// <param name="Command">serve, demo, healthcheck, openapi or keys.</param>
/// <param name="Settings">Overrides of <see cref="ServiceOptions"/>, as configuration keys.</param>
/// <param name="Exit">demo: stop when it is through.</param>
/// <param name="File">openapi: where to write.</param>
public sealed record CommandLine(string Command, IReadOnlyDictionary<string, string?> Settings, bool Exit, string? File)
{
    /// <summary>keys: what it is to do.</summary>
    public IReadOnlyList<string> Rest { get; init; } = [];

    public const string Usage = """
        TrainService trains neural networks, asked over HTTP.

          serve                 take requests and train (the default)
          demo [--exit]         serve, train Fashion-MNIST over the own HTTP API, show it, serve on (or exit)
          healthcheck           ask a running service whether it is ready: exit code 0 or 1
          openapi FILE          write the OpenAPI document and exit
          keys …                make, list, rotate and revoke API keys: keys by itself says how

          --urls ADDRESSES      where to listen, default http://127.0.0.1:8080
          --data FOLDER         where everything is kept, default ./data
          --role ROLE           all, api or worker, default all
          --threads N           threads that train, default one for each core

        Every setting can also stand in appsettings.json (section TrainService) or in the environment (TRAINSERVICE__DATA=…).
        """;

    private static readonly string[] Commands = ["serve", "demo", "healthcheck", "openapi", "keys"];
    private static readonly string[] Options = ["--urls", "--data", "--role", "--threads"];

    /// <summary>Reads the arguments; <paramref name="error"/> says what is not understood.</summary>
    public static CommandLine? Parse(IReadOnlyList<string> args, out string? error)
    {
        string? command = null, file = null;
        bool exit = false;
        var settings = new Dictionary<string, string?>();
        var rest = new List<string>();
        error = null;
        for (int i = 0; i < args.Count && error is null; i++)
        {
            string[] pair = args[i].Split('=', 2);
            if (args[i] is "--help" or "-h" or "help")
                command = "help";
            else if (args[i] == "--exit")
                exit = true;
            else if (Options.Contains(pair[0]))
            {
                string? value = pair.Length == 2 ? pair[1] : i + 1 < args.Count ? args[++i] : null;
                if (string.IsNullOrWhiteSpace(value))
                    error = $"{pair[0]} needs a value.";
                settings[$"{ServiceOptions.Section}:{pair[0][2..]}"] = value;
            }
            else if (command == "keys")
                rest.Add(args[i]);
            else if (command is null && Commands.Contains(args[i]))
                command = args[i];
            else if (command == "openapi" && file is null && !args[i].StartsWith('-'))
                file = args[i];
            else
                error = $"'{args[i]}' is not understood.";
        }

        if (error is null && command == "openapi" && file is null)
            error = "openapi needs the name of the file to write.";
        if (error is null && exit && command != "demo")
            error = "--exit belongs to demo.";
        return error is null ? new CommandLine(command ?? "serve", settings, exit, file) { Rest = rest } : null;
    }
}
