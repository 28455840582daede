# Installs the installer for this user, uses the program and removes it: the Windows half of `make package-check`.
# Not run where vosapp is developed; the workflow runs it. Usage: check.ps1 -Installer dist\vosapp-...exe
param([Parameter(Mandatory)][string]$Installer)
$ErrorActionPreference = "Stop"
function Assert($Condition, $Message) { if (-not $Condition) { throw "FAILED: $Message" } }

# A folder with a name that is not ASCII, and a path beyond 260 characters
$work = Join-Path $env:TEMP "vosapp Prüfung 素材"
Remove-Item -Recurse -Force -LiteralPath $work -ErrorAction SilentlyContinue
$deep = $work
while ($deep.Length -lt 270) { $deep = Join-Path $deep "a folder with a long name" }
[System.IO.Directory]::CreateDirectory("\\?\$deep") | Out-Null
$env:VOSAPP_DATA_DIR = Join-Path $work "data"

Start-Process -Wait -FilePath $Installer -ArgumentList "/VERYSILENT", "/SUPPRESSMSGBOXES", "/CURRENTUSER", "/NORESTART"
$program = Join-Path $env:LOCALAPPDATA "Programs\vosapp\program"
$vosapp = Join-Path $program "vosapp.exe"
Assert (Test-Path -LiteralPath $vosapp) "the program is not installed"
& $vosapp --version
& $vosapp doctor
Assert ($LASTEXITCODE -eq 0) "vosapp doctor finds a problem"
$resources = Join-Path $program "_internal\vosapp\_resources"
$clip = "\\?\$(Join-Path $deep 'Straße.mp4')"
[System.IO.File]::Copy((Join-Path $resources "demo.mp4"), $clip)
& $vosapp propagate $clip --mask (Join-Path $resources "demo-masks\00000.png") --at 0 --range 0:3 --engine hybrid --out (Join-Path $work "masks") --project (Join-Path $work "roto.vosapp")
Assert ($LASTEXITCODE -eq 0) "propagate failed in a deep folder"
& $vosapp export (Join-Path $work "roto.vosapp") --format prores4444 --range 0:3 --out (Join-Path $work "matte.mov")
Assert ($LASTEXITCODE -eq 0) "the export failed"
$env:QT_QPA_PLATFORM = "offscreen"
& $vosapp demo --out (Join-Path $work "demo")
Assert ($LASTEXITCODE -eq 0) "the demo failed"
$open = (Get-Item "HKCU:\Software\Classes\vosapp.project\shell\open\command").GetValue("")
Assert ($open -like "*vosapp-window.exe*") "the file type is not registered"

# Over itself, as over an older version, then away; the user's files stay
Start-Process -Wait -FilePath $Installer -ArgumentList "/VERYSILENT", "/SUPPRESSMSGBOXES", "/CURRENTUSER", "/NORESTART"
& $vosapp info (Join-Path $work "roto.vosapp")
Assert ($LASTEXITCODE -eq 0) "the project does not open after installing again"
Start-Process -Wait -FilePath (Join-Path $env:LOCALAPPDATA "Programs\vosapp\unins000.exe") -ArgumentList "/VERYSILENT"
Assert (-not (Test-Path -LiteralPath $program)) "the program is still there after removal"
Assert (-not (Test-Path "HKCU:\Software\Classes\vosapp.project")) "the file type is still registered"
Assert (Test-Path -LiteralPath (Join-Path $work "roto.vosapp")) "removal took the user's project"
Write-Output "ALL PASSED"
