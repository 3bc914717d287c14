using TrainService.Api.Hosting;

if (CommandLine.Parse(args, out string? error) is not { } command)
{
    Console.Error.WriteLine($"{error}\n\n{CommandLine.Usage}");
    return 2;
}

return await Commands.RunAsync(command);
