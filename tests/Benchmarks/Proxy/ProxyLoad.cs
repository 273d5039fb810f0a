namespace AmpEdge.Benchmarks.Proxy;

/// <summary>Sends one request over and over through several connections, each with a thread of its own.</summary>
internal sealed class ProxyLoad(int port, ProxyWorkload workload, int connections, TimeProvider time)
{
    /// <summary>As fast as the answers come; returns how many came and in what time.</summary>
    public (long Requests, TimeSpan Elapsed) Saturate(TimeSpan duration)
    {
        long started = time.GetTimestamp();
        long sum = 0;
        RunAll(_ =>
        {
            using ProxyConnection connection = new(port);
            long own = 0;
            while (time.GetElapsedTime(started) < duration)
            {
                Require(connection.Exchange(workload.Request));
                own++;
            }

            Interlocked.Add(ref sum, own);
        });
        return (sum, time.GetElapsedTime(started));
    }

    /// <summary>
    /// At the workload's rate, and its latencies in order. One that had to wait for the answer before it counts from when it was
    /// due, so that a proxy that stops for a while pays for all that would have come.
    /// </summary>
    public double[] Pace(TimeSpan duration)
    {
        List<double> all = [];
        Lock allLock = new();
        long started = time.GetTimestamp();
        using ManualResetEventSlim never = new();
        RunAll(index =>
        {
            List<double> own = [];
            using ProxyConnection connection = new(port);
            TimeSpan interval = TimeSpan.FromSeconds((double)connections / workload.RequestsPerSecond);
            for (TimeSpan due = interval * index / connections; due < duration; due += interval)
            {
                TimeSpan wait = due - time.GetElapsedTime(started);
                bool late = wait <= TimeSpan.Zero;
                if (!late)
                {
                    never.Wait(wait);
                }

                TimeSpan begun = late ? due : time.GetElapsedTime(started);
                Require(connection.Exchange(workload.Request));
                own.Add((time.GetElapsedTime(started) - begun).TotalMilliseconds);
            }

            lock (allLock)
            {
                all.AddRange(own);
            }
        });
        all.Sort();
        return [.. all];
    }

    private void RunAll(Action<int> run)
    {
        Exception? failure = null;
        Thread[] threads = new Thread[connections];
        for (int index = 0; index < connections; index++)
        {
            int own = index;
            threads[index] = new Thread(() =>
            {
                try
                {
                    run(own);
                }
                catch (Exception error)
                {
                    failure = error;
                }
            }) { IsBackground = true };
            threads[index].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        if (failure is not null)
        {
            throw new InvalidOperationException($"{workload.Name}: {failure.Message}", failure);
        }
    }

    private static void Require(int status)
    {
        if (status is < 200 or > 299)
        {
            throw new IOException($"the answer was {status}");
        }
    }
}
