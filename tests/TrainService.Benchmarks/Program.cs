Console.WriteLine("usage: WORKLOAD --threads N --seconds S");
