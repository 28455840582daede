# Makes the installer for Windows of a bundle, signed where a certificate is set. Called by build.py.
# Needs Inno Setup 6. Not run where vosapp is developed; see docs/install.md.
# To sign: set VOSAPP_SIGN_COMMAND to a command line of signtool, with $f where the file's name belongs.
param(
    [Parameter(Mandatory)][string]$Bundle,
    [Parameter(Mandatory)][string]$Version,
    [Parameter(Mandatory)][string]$Numbers,
    [Parameter(Mandatory)][string]$Out
)
$ErrorActionPreference = "Stop"
$compiler = (Get-Command iscc -ErrorAction SilentlyContinue).Source
if (-not $compiler) { $compiler = Join-Path ${env:ProgramFiles(x86)} "Inno Setup 6\ISCC.exe" }
if (-not (Test-Path -LiteralPath $compiler)) { throw "Inno Setup 6 is not installed." }

$arguments = @("/Qp", "/DBundle=$Bundle", "/DAppVersion=$Version", "/DNumbers=$Numbers", "/DOut=$Out")
if ($env:VOSAPP_SIGN_COMMAND) {
    foreach ($name in "vosapp.exe", "vosapp-window.exe") {
        $file = Join-Path $Bundle $name
        $line = $env:VOSAPP_SIGN_COMMAND.Replace('$f', '"' + $file + '"')
        cmd /c $line
        if ($LASTEXITCODE -ne 0) { throw "Signing $name failed." }
    }
    $arguments += "/DSignTool=own", "/Sown=$($env:VOSAPP_SIGN_COMMAND)"
}
& $compiler @arguments (Join-Path $PSScriptRoot "vosapp.iss")
if ($LASTEXITCODE -ne 0) { throw "Inno Setup failed." }
