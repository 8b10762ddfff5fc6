using System.Reflection;
using System.Runtime.CompilerServices;

namespace Dkron.Host.Plugins;

/// <summary>Compiles a processor's own code before it is current, so that the first calls of a new version wait for no compiler and no loader.</summary>
internal static class FirstCall
{
    private const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    public static void Prepare(Type type)
    {
        if (type.ContainsGenericParameters)
        {
            return;
        }

        foreach (var method in type.GetMethods(Own).Where(method => !method.IsAbstract && !method.ContainsGenericParameters))
        {
            try
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
#pragma warning disable CA1031 // A method that cannot be compiled fails when it is called, if it ever is, and is told of then.
            catch (Exception)
#pragma warning restore CA1031
            {
                continue;
            }
        }

        // Where the compiler puts what async methods and lambdas become.
        foreach (var nested in type.GetNestedTypes(Own))
        {
            Prepare(nested);
        }
    }
}
