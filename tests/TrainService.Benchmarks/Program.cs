using System.Globalization;
using TrainService.Benchmarks.Kernels;
using TrainService.Benchmarks.Peers;
using TrainService.Benchmarks.Service;
using TrainService.Benchmarks.Workloads;

// WORKLOAD --threads N --seconds S      one measurement, one JSON line
// compare [WORKLOAD ...] [--pairs N] [--seconds S] [--threads N]   ours and the peers in turn, at most S seconds a workload: a table of ratios
//                                       with DOTNET_EnableAVX512=0 set, all sides but ONNX Runtime do without AVX-512
// pair WORKLOAD [--seconds S]           two jobs of one thread each at once, against one of them
// peak                                  what the processor can do at best: arithmetic and memory
// service [--seconds S] [--checkpoint-every N]  what HTTP adds to an epoch, and answers while every core trains
// subscribers [--count N] [--seconds S] [--units N] [--rounds N]  a training with and without clients on its event stream
// profile WORKLOAD [--threads N]        time of each phase of a step
// convolutions                          3x3 convolutions by patches and in tiles
// pictures FILE.jpg [--seconds S]       decoding and resizing to 224 x 224, beside libjpeg-turbo's decoding alone
// kernels [Vector512|Vector256|...]     GFLOP/s of products beside the processor's peak; element-wise kernels; what a phase costs
string command = args.FirstOrDefault(a => !a.StartsWith('-')) ?? "help";
switch (command)
{
    case "compare":
        return Comparison.Run([.. args.Skip(1).TakeWhile(a => !a.StartsWith('-'))], (int)Option("--pairs", 5), Option("--seconds", 120), (int)Option("--threads", 0));
    case "pair":
        return Pair.Run(args[1], Option("--seconds", 20));
    case "peak":
        MachinePeak.Print();
        return 0;
    case "kernels":
        KernelBenchmarks.Run(args.AsSpan(1));
        return 0;
    case "convolutions":
        ConvolutionBenchmarks.Run();
        return 0;
    case "pictures":
        return PictureBenchmark.Run(args[1], 224, 224, Option("--seconds", 3));
    case "service":
        return await ServiceBenchmark.RunAsync(Option("--seconds", 20), (int)Option("--checkpoint-every", 1));
    case "subscribers":
        return await SubscriberBenchmark.RunAsync((int)Option("--count", 1000), Option("--seconds", 10), (int)Option("--units", 1000), (int)Option("--rounds", 3));
    case "subscribe":
        return await SubscriberBenchmark.FollowAsync(args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
    case "profile":
        return Profile.Run(args[1], (int)Option("--threads", 1));
    case var name when Catalog.Names.Contains(name):
        Console.WriteLine(Measurement.Run(name, (int)Option("--threads", 1), Option("--seconds", 5.0)));
        return 0;
    default:
        Console.WriteLine($"WORKLOAD [--threads N] [--seconds S] | compare [WORKLOAD ...] [--pairs N] [--seconds S] [--threads N] | pair WORKLOAD [--seconds S] | peak | profile WORKLOAD [--threads N] | service [--seconds S] [--checkpoint-every N] | kernels [PATH] | convolutions | pictures FILE.jpg");
        Console.WriteLine($"Workloads: {string.Join(' ', Catalog.Names)}");
        return command == "help" ? 0 : 2;
}

double Option(string name, double otherwise)
{
    int at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? double.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
