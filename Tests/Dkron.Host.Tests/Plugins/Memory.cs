namespace Dkron.Host.Tests.Plugins;

/// <summary>Tells whether something really left memory.</summary>
internal static class Memory
{
    /// <summary>Collects what nobody holds any more.</summary>
    public static void Collect()
    {
        for (var i = 0; i < 10; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>Collects until all are gone, with a generous limit.</summary>
    public static bool Forgets(params WeakReference[] references)
    {
        for (var i = 0; i < 100 && references.Any(reference => reference.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return references.All(reference => !reference.IsAlive);
    }
}
